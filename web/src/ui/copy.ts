/**
 * Copies text. The clipboard API exists only on HTTPS and localhost, and Stoa is
 * often opened by a plain address on the local network, hence the old way too.
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.style.position = "fixed";
    area.style.opacity = "0";
    const home = document.activeElement?.closest('[role="dialog"]') ?? document.body; // dialogs keep the focus inside
    home.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
