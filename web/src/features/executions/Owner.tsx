import type { Execution } from "@stoa/sdk";
import { useQuery } from "@tanstack/react-query";
import { isOperator, useMe } from "../../app/session.ts";
import { shortId } from "../../ui/format.ts";
import { TextLink } from "../../ui/TextLink.tsx";
import { organizationMembersQuery } from "../projects/queries.ts";

/** Whose it is, in words that its reader knows. */
export function Owner({ execution: e }: { execution: Execution }) {
  const me = useMe();
  const own = e.owner_id === me.user.id;
  const members = useQuery({ ...organizationMembersQuery(e.organization_id), enabled: !own });
  if (own) return "you";
  const name = members.data?.find((m) => m.user_id === e.owner_id)?.name ?? shortId(e.owner_id);
  return isOperator(me) && e.owner_kind === "user" ? <TextLink to="/users/$id" params={{ id: e.owner_id }}>{name}</TextLink> : name;
}
