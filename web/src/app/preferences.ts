import { useMantineColorScheme } from "@mantine/core";
import { data, type Preferences } from "@stoa/sdk";
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { stoa } from "./stoa.ts";

export type Wishes = Preferences["preferences"];

export const preferencesQuery = queryOptions({
  queryKey: ["preferences"],
  queryFn: () => data(stoa.api.GET("/api/v1/me/preferences")),
  staleTime: 60_000,
});

export const defaultEditor: Wishes["editor"] = { theme: "auto", font_size: 14, tab_size: 4, use_tabs: false, word_wrap: false, line_numbers: true };

/** How this person wants the console; the defaults until it is known. */
export function useWishes(): Wishes | undefined {
  return useQuery(preferencesQuery).data?.preferences;
}

/** Changes some of them: a merge patch. What changed is seen at once, on every screen. */
export function useChangePreferences() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (patch: Record<string, unknown>) => data(stoa.api.PATCH("/api/v1/me/preferences", { body: patch })),
    onSuccess: (now) => {
      client.setQueryData(preferencesQuery.queryKey, now);
      void client.invalidateQueries({ queryKey: ["preference-history"] });
    },
  });
}

/** Lets the theme follow the person from browser to browser. This browser's own choice holds until theirs is known. */
export function useTheme() {
  const wished = useWishes()?.theme;
  const { setColorScheme } = useMantineColorScheme();
  useEffect(() => {
    if (wished) setColorScheme(wished);
  }, [wished, setColorScheme]);
}
