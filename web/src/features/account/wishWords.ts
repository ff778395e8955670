const names: Record<string, string> = {
  theme: "theme",
  timezone: "time zone",
  date_format: "dates",
  time_format: "times",
  "editor.theme": "editor colours",
  "editor.font_size": "editor font size",
  "editor.tab_size": "columns of a tab",
  "editor.use_tabs": "indent with tabs",
  "editor.word_wrap": "wrap long lines",
  "editor.line_numbers": "number lines",
};

/** A change of preferences in words, from its merge patch: "theme: dark", "editor font size: 16". What a newer console wrote keeps its own name. */
export function wishWords(patch: unknown, within = ""): string {
  if (typeof patch !== "object" || patch === null) return "";
  return Object.entries(patch)
    .map(([key, value]) => {
      const name = within + key;
      if (typeof value === "object" && value !== null && !Array.isArray(value)) return wishWords(value, `${name}.`);
      return `${names[name] ?? name}: ${said(value)}`;
    })
    .filter(Boolean)
    .join(", ");
}

function said(value: unknown): string {
  if (value === null) return "as it comes";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return value === "" ? "this browser's" : String(value);
}
