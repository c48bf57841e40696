import { useEffect, useSyncExternalStore } from "react";
import type { Theme } from "@/api/types";
import type { ChartTheme } from "@/components/chart";

const REMEMBERED = "auto-analyst.theme";
const darkSystem = () => window.matchMedia("(prefers-color-scheme: dark)");

/** Puts on the theme of the last time, before the settings are read, so that nothing flashes. */
export function applyRememberedTheme(): void {
  const theme = localStorage.getItem(REMEMBERED);
  show(theme === "light" || theme === "dark" ? theme : darkSystem().matches ? "dark" : "light");
}

/** Shows the theme of the settings; answers the one in effect. */
export function useTheme(theme: Theme | undefined): ChartTheme {
  const systemIsDark = useSyncExternalStore(
    (listener) => {
      const query = darkSystem();
      query.addEventListener("change", listener);
      return () => query.removeEventListener("change", listener);
    },
    () => darkSystem().matches,
  );
  const effective: ChartTheme =
    theme === undefined
      ? ((document.documentElement.dataset.theme as ChartTheme | undefined) ?? "light")
      : theme === "system"
        ? systemIsDark
          ? "dark"
          : "light"
        : theme;
  useEffect(() => {
    if (theme) localStorage.setItem(REMEMBERED, theme);
    show(effective);
  }, [theme, effective]);
  return effective;
}

function show(theme: ChartTheme): void {
  document.documentElement.dataset.theme = theme;
}
