import { notifications } from "@mantine/notifications";
import { asProblem } from "@stoa/sdk";
import { stoa } from "./stoa.ts";

/** Ends the session here and on the server. A full load forgets everything this tab knew. */
export async function signOut(): Promise<void> {
  try {
    await stoa.api.POST("/api/v1/auth/sign-out");
  } catch (thrown) {
    const problem = asProblem(thrown);
    if (problem.status !== 401) {
      notifications.show({ color: "red", title: "Not signed out", message: problem.message });
      return;
    }
  }
  location.assign("/sign-in");
}
