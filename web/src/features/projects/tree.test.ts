import type { Unit } from "@stoa/sdk";
import { placesFor, tree } from "./tree.ts";

const unit = (id: string, parent_id?: string): Unit => ({ id, name: id.toUpperCase(), organization_id: "o", created_at: "", ...(parent_id && { parent_id }) });
const units = [unit("b"), unit("a"), unit("z", "a"), unit("y", "a"), unit("x", "y")];

test("each unit is followed by what is in it", () => {
  expect(tree(units).map((b) => `${b.depth} ${b.path}`)).toEqual(["0 A", "1 A / Y", "2 A / Y / X", "1 A / Z", "0 B"]);
});

test("a unit is moved neither into itself nor into what is in it", () => {
  const places = (id: string) => placesFor(units.find((u) => u.id === id)!, tree(units)).map((b) => b.unit.id);
  expect(places("y")).toEqual(["a", "z", "b"]);
  expect(places("a")).toEqual(["b"]);
  expect(places("b")).toEqual(["a", "y", "x", "z"]);
});
