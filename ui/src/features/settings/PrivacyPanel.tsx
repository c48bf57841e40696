import { classes } from "@/components";
import { PRIVACY } from "./privacy";
import type { PanelProps } from "./SettingsDialog";

export function PrivacyPanel({ settings, change }: PanelProps) {
  return (
    <fieldset className="max-w-120">
      <legend className="mb-1 text-[0.8125rem] font-medium">What a remote model may see of your data</legend>
      <p className="mb-3 text-xs text-ink-3">
        Your files never leave this computer. Code runs here, without network. This is about what is told to a
        model.
      </p>
      <div className="flex flex-col gap-2">
        {PRIVACY.map(({ level, name, explanation }) => (
          <label
            key={level}
            className={classes(
              "flex gap-3 rounded-card border px-4 py-2.5",
              settings.privacy === level
                ? "border-accent bg-accent-soft"
                : "border-line hover:border-line-strong",
            )}
          >
            <input
              type="radio"
              name="privacy"
              data-testid={`privacy-${level}`}
              checked={settings.privacy === level}
              onChange={() => change({ privacy: level })}
              className="mt-1 accent-(--accent)"
            />
            <span>
              <span className="block text-[0.8125rem] font-medium">{name}</span>
              <span className="block text-xs text-ink-2">{explanation}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
