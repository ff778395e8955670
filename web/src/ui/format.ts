/** 850 µs, 12 ms, 1.24 s, 1 min, 2 min 03 s, 3 h 20 min. */
export function duration(ms: number): string {
  if (ms < 1) return `${Math.round(ms * 1000)} µs`;
  if (ms < 10) return `${trim(ms, 1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${trim(ms / 1000, ms < 10_000 ? 2 : 1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min` + (seconds % 60 ? ` ${two(seconds % 60)} s` : "");
  const minutes = Math.round(ms / 60_000);
  return `${Math.floor(minutes / 60)} h` + (minutes % 60 ? ` ${two(minutes % 60)} min` : "");
}

/** 512 B, 12.5 KiB, 128 MiB. */
export function bytes(n: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  while (Math.abs(n) >= 1024 && unit < units.length - 1) {
    n /= 1024;
    unit++;
  }
  return `${trim(n, n < 100 && unit > 0 ? 1 : 0)} ${units[unit]}`;
}

/** A value of a limit with its unit: 30000 ms is 30 s. */
export function amount(value: number | string, unit: string): string {
  if (typeof value === "string") return value;
  if (unit === "ms") return duration(value);
  if (unit === "bytes") return bytes(value);
  if (unit === "0 or 1") return value ? "yes" : "no";
  return `${value.toLocaleString("en")} ${unit}`.trim();
}

/** just now, 12 s ago, 5 min ago, 3 h ago, 2 d ago; in 5 min. */
export function ago(time: string | number | Date, now = Date.now()): string {
  const ms = now - new Date(time).getTime();
  const distance = Math.abs(ms);
  if (distance < 3000) return "just now";
  const text =
    distance < 60_000
      ? `${Math.round(distance / 1000)} s`
      : distance < 3_600_000
        ? `${Math.round(distance / 60_000)} min`
        : distance < 48 * 3_600_000
          ? `${Math.round(distance / 3_600_000)} h`
          : `${Math.round(distance / 86_400_000)} d`;
  return ms < 0 ? `in ${text}` : `${text} ago`;
}

/** The tail of an id; the head of a UUIDv7 is only the time. */
export function shortId(id: string): string {
  return id.slice(-8);
}

/** "python@3.11.2" as "Python 3.11.2". */
export function runtimeName(id: string): string {
  const [name = id, version] = id.split("@");
  return version ? `${language(name)} ${version}` : language(name);
}

const languages: Record<string, string> = { node: "Node.js", javascript: "JavaScript", typescript: "TypeScript", php: "PHP", c: "C", cpp: "C++", lua: "Lua", awk: "AWK", ocaml: "OCaml" };

export function language(name: string): string {
  return languages[name] ?? name.charAt(0).toUpperCase() + name.slice(1);
}

function trim(n: number, digits: number): string {
  const text = n.toFixed(digits);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}
