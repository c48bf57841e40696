import { Monitor, Moon, Sun } from "lucide-react";
import type { Theme } from "@/api/types";
import { classes } from "@/components";
import type { PanelProps } from "./SettingsDialog";

const THEMES: { theme: Theme; name: string; icon: typeof Sun }[] = [
  { theme: "system", name: "As the system", icon: Monitor },
  { theme: "light", name: "Light", icon: Sun },
  { theme: "dark", name: "Dark", icon: Moon },
];

export function AppearancePanel({ settings, change }: PanelProps) {
  return (
    <div role="radiogroup" aria-label="Theme" className="grid max-w-120 grid-cols-3 gap-2">
      {THEMES.map(({ theme, name, icon: Icon }) => (
        // biome-ignore lint/a11y/useSemanticElements: a card with an icon, not a dot
        <button
          key={theme}
          type="button"
          role="radio"
          aria-checked={settings.theme === theme}
          data-testid={`theme-${theme}`}
          onClick={() => change({ theme })}
          className={classes(
            "flex flex-col items-center gap-2 rounded-card border px-3 py-5 text-[0.8125rem]",
            settings.theme === theme
              ? "border-accent bg-accent-soft font-medium"
              : "border-line hover:border-line-strong",
          )}
        >
          <Icon className="size-5 text-ink-2" strokeWidth={1.6} aria-hidden />
          {name}
        </button>
      ))}
    </div>
  );
}
