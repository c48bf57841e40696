import { classes } from "@/components";
import { LimitField, NumberField } from "./NumberField";
import { PRIVACY } from "./privacy";
import type { PanelProps } from "./SettingsDialog";

/** What may leave this computer, and how much of it. */
export function PrivacyPanel(props: PanelProps) {
  return (
    <div className="flex max-w-120 flex-col gap-6">
      <Levels {...props} />
      <Offline {...props} />
      <Limits {...props} />
    </div>
  );
}

function Offline({ settings, change }: PanelProps) {
  return (
    <label className="flex gap-3 rounded-card border border-line px-4 py-2.5">
      <input
        type="checkbox"
        data-testid="offline-switch"
        checked={settings.offline}
        onChange={(event) => change({ offline: event.target.checked })}
        className="mt-1 accent-(--accent)"
      />
      <span>
        <span className="block text-[0.8125rem] font-medium">Offline</span>
        <span className="block text-xs text-ink-2">
          Nothing is asked of any other machine: no model, no download, no database.
        </span>
      </span>
    </label>
  );
}

function Limits({ settings, change }: PanelProps) {
  return (
    <fieldset>
      <legend className="mb-1 text-[0.8125rem] font-medium">What questions may use of a remote model</legend>
      <p className="mb-3 text-xs text-ink-3">A run that reaches a limit ends, and keeps what it has.</p>
      <div className="grid grid-cols-3 gap-4">
        <NumberField
          label="Requests per question"
          unit="requests"
          testId="max-calls"
          value={settings.maxCallsPerRun}
          onSave={(maxCallsPerRun) => change({ maxCallsPerRun })}
        />
        <LimitField
          label="Cost per question"
          unit="US dollars"
          testId="max-usd-run"
          empty="no limit"
          value={settings.maxUsdPerRun}
          onSave={(maxUsdPerRun) => change({ maxUsdPerRun })}
        />
        <LimitField
          label="Cost in 24 hours"
          unit="US dollars"
          testId="max-usd-day"
          empty="no limit"
          value={settings.maxUsdPerDay}
          onSave={(maxUsdPerDay) => change({ maxUsdPerDay })}
        />
      </div>
    </fieldset>
  );
}

function Levels({ settings, change }: PanelProps) {
  return (
    <fieldset>
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
