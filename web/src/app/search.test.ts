import { parseSearch, stringifySearch } from "./search.ts";

test("digits are text, typed and written", () => {
  expect(parseSearch("?hours=24&find=007")).toEqual({ hours: "24", find: "007" });
  expect(stringifySearch({ hours: "24", status: undefined, all: "true" })).toBe("?hours=24&all=true");
});

test("what an address needs escaped comes back", () => {
  const search = { next: "/invitation?token=a&b", tag: "exec:7", find: "a b+c" };
  expect(parseSearch(stringifySearch(search))).toEqual(search);
  expect(stringifySearch({})).toBe("");
});
