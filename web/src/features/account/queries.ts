import { data } from "@stoa/sdk";
import { queryOptions } from "@tanstack/react-query";
import { stoa } from "../../app/stoa.ts";

export const setupQuery = queryOptions({ queryKey: ["setup"], queryFn: () => data(stoa.api.GET("/api/v1/setup")) });

export const registrationQuery = queryOptions({
  queryKey: ["registration"],
  queryFn: async () => (await data(stoa.api.GET("/api/v1/auth/registration"))).mode,
});

export const secondFactorQuery = queryOptions({ queryKey: ["second-factor"], queryFn: () => data(stoa.api.GET("/api/v1/me/second-factor")) });

export const passkeysQuery = queryOptions({
  queryKey: ["passkeys"],
  queryFn: async () => (await data(stoa.api.GET("/api/v1/me/passkeys", { params: { query: { limit: 100 } } }))).items,
});

export const sessionsQuery = queryOptions({
  queryKey: ["sessions"],
  queryFn: async () => (await data(stoa.api.GET("/api/v1/me/sessions"))).items,
});
