import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { remember, useClient, useCommand, useRead } from "@/api/client";
import type { Settings } from "@/api/types";

/** The settings and a way to change some of them, shown at once and put back if the core refuses. */
export function useSettings() {
  const queries = useQueryClient();
  const client = useClient();
  const { data: settings } = useRead("settings::get", {});
  const update = useCommand("settings::update");
  const { mutateAsync } = update;
  const change = useCallback(
    async (some: Partial<Settings>) => {
      remember(queries, "settings::get", {}, (before) => {
        if (!before) return before;
        const { baseUrls, ...rest } = some;
        return { ...before, ...rest, baseUrls: { ...before.baseUrls, ...baseUrls } };
      });
      try {
        const settled = await mutateAsync({ settings: some });
        remember(queries, "settings::get", {}, settled);
      } catch (refused) {
        const kept = await client.call("settings::get", {});
        remember(queries, "settings::get", {}, kept);
        throw refused;
      }
    },
    [queries, client, mutateAsync],
  );
  return { settings, change, error: update.error };
}
