// Searching from the end, and own properties without a detour.
const runs = [{ id: 1, ok: true }, { id: 2, ok: false }, { id: 3, ok: true }];

console.log(runs.findLast((run) => run.ok).id, runs.at(-2).id);
console.log(Object.hasOwn(runs[0], "ok"), typeof fetch);
