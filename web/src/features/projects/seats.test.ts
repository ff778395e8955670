import type { Member } from "@stoa/sdk";
import { candidates, seats } from "./seats.ts";

const member = (user_id: string, role: string): Member => ({ user_id, role, name: user_id, email: "", joined_at: "" });
const organization = [member("olga", "organization.owner"), member("adam", "organization.admin"), member("mia", "organization.member"), member("max", "organization.member")];
const listed = [member("mia", "project.viewer"), member("olga", "project.member")];

test("owners and admins of the organization manage its projects, listed or not", () => {
  expect(seats(listed, organization).map((s) => [s.user_id, s.role, s.by ?? "", s.listed])).toEqual([
    ["adam", "project.manager", "organization.admin", false],
    ["mia", "project.viewer", "", true],
    ["olga", "project.member", "organization.owner", true],
  ]);
});

test("who can be let in is of the organization and not in yet", () => {
  expect(candidates(listed, organization).map((m) => m.user_id)).toEqual(["max"]);
});
