/** "Firefox on Linux" from a User-Agent header, or its first word. */
export function browserName(agent: string | undefined): string {
  if (!agent) return "Unknown";
  const browser = [["Edg/", "Edge"], ["OPR/", "Opera"], ["Firefox/", "Firefox"], ["Chrome/", "Chrome"], ["Safari/", "Safari"]].find(([sign]) => agent.includes(sign!));
  const system = [["Android", "Android"], ["iPhone", "iOS"], ["iPad", "iPadOS"], ["Windows", "Windows"], ["Mac OS X", "macOS"], ["Linux", "Linux"]].find(([sign]) => agent.includes(sign!));
  if (!browser) return agent.split(/[\s/]/)[0] ?? agent;
  return system ? `${browser[1]} on ${system[1]}` : browser[1]!;
}
