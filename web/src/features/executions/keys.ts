/** Keys that are ours, not the program's. */
type Key = Pick<KeyboardEvent, "key" | "ctrlKey" | "shiftKey" | "altKey" | "metaKey">;

/** Ctrl ] leaves a terminal, as in the command line's. */
export const leaves = (k: Key) => k.ctrlKey && !k.altKey && !k.metaKey && k.key === "]";

/** Ctrl Shift C copies what is selected, since Ctrl C interrupts. */
export const wantsCopy = (k: Key) => k.ctrlKey && k.shiftKey && !k.altKey && !k.metaKey && k.key.toLowerCase() === "c";

// Where the cursor is, what the terminal is and what colours it has.
const replies = /^\u001B(?:\[[?>=]?[\d;]*(?:[cRn]|\$y)|[P\]])/;

/** Tells what a terminal says by itself, because a program asked it, from what people type. */
export const isReply = (data: string) => replies.test(data);
