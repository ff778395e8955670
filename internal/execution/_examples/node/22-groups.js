// Grouping by a key, and sets that know union, intersection and difference.
const people = [{ name: "Ada", team: "a" }, { name: "Grace", team: "b" }, { name: "Alan", team: "a" }];
const teams = Object.groupBy(people, (person) => person.team);

console.log(Object.entries(teams).map(([team, members]) => `${team}: ${members.map((m) => m.name).join(" ")}`).join("; "));
console.log([...new Set([1, 2, 3]).intersection(new Set([2, 3, 4]))]);
