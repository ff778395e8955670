import { wishWords } from "./wishWords.ts";

test.each([
  [{ theme: "dark" }, "theme: dark"],
  [{ editor: { font_size: 16, use_tabs: true } }, "editor font size: 16, indent with tabs: yes"],
  [{ timezone: "" }, "time zone: this browser's"],
  [{ theme: null }, "theme: as it comes"],
  [{ sounds: { bell: false } }, "sounds.bell: no"],
  [null, ""],
])("%j is told as %s", (patch, words) => expect(wishWords(patch)).toBe(words));
