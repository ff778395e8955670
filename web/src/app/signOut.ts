import { notifications } from "@mantine/notifications";
import { asProblem, data } from "@stoa/sdk";
import { stoa } from "./stoa.ts";

/** Ends the session here and on the server. A full load forgets everything this tab knew. */
export async function signOut(): Promise<void> {
  let next = "/sign-in";
  try {
    // Who came by an issuer may want to sign out there too; an issuer that is down keeps nobody in.
    next = (await data(stoa.api.GET("/api/v1/auth/sign-out-url")).catch(() => undefined))?.url || next;
    await stoa.api.POST("/api/v1/auth/sign-out");
  } catch (thrown) {
    const problem = asProblem(thrown);
    if (problem.status !== 401) {
      notifications.show({ color: "red", title: "Not signed out", message: problem.message });
      return;
    }
  }
  location.assign(next);
}
