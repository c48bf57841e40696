import { Cpu, Lock, ScrollText, Settings2, ShieldAlert, ShieldCheck } from "lucide-react";
import { useState } from "react";
import type { Models, Settings } from "@/api/types";
import { Button, Chip, classes, Popover } from "@/components";
import { modelName, usableModels, whatLeaves } from "./models";
import { PRIVACY } from "./privacy";

interface AskingChipsProps {
  settings: Settings;
  catalogue: Models | undefined;
  onChange: (some: Partial<Settings>) => void;
  onSettings: () => void;
  /** What left so far. */
  onLedger: () => void;
}

/** Who will answer and what leaves the computer: always in sight, changed with two presses. */
export function AskingChips({ settings, catalogue, onChange, onSettings, onLedger }: AskingChipsProps) {
  const leaving = whatLeaves(catalogue, settings);
  const models = usableModels(catalogue);
  const [open, setOpen] = useState<"model" | "privacy" | null>(null);
  const openOnly = (which: "model" | "privacy") => ({
    open: open === which,
    onOpenChange: (wanted: boolean) => setOpen(wanted ? which : null),
  });
  /** What opens over the window must not lie under what was pressed for it. */
  const leaveFor = (go: () => void) => () => {
    setOpen(null);
    go();
  };
  return (
    <>
      <Popover
        side="top"
        className="w-80"
        title="Who answers"
        {...openOnly("model")}
        trigger={
          <Chip
            icon={Cpu}
            data-testid="model-chip"
            aria-label={`Model: ${modelName(catalogue, settings.model)}`}
          >
            {modelName(catalogue, settings.model)}
          </Chip>
        }
      >
        <ul className="flex flex-col gap-px">
          {models.map(({ provider, model }) => (
            <li key={model.id}>
              <Choice
                chosen={model.id === settings.model}
                name={model.displayName}
                detail={model.local ? "on this computer" : provider.displayName}
                onChoose={() => onChange({ model: model.id })}
              />
            </li>
          ))}
        </ul>
        <Button size="small" kind="quiet" icon={Settings2} className="mt-2" onClick={leaveFor(onSettings)}>
          More models and keys…
        </Button>
      </Popover>
      <Popover
        side="top"
        className="w-96"
        title="What a remote model may see"
        {...openOnly("privacy")}
        trigger={
          <Chip
            icon={leaving.tone === "safe" ? Lock : leaving.tone === "bad" ? ShieldAlert : ShieldCheck}
            tone={leaving.tone}
            data-testid="privacy-chip"
          >
            {leaving.text}
          </Chip>
        }
      >
        <ul className="flex flex-col gap-px">
          {PRIVACY.map(({ level, name, explanation }) => (
            <li key={level}>
              <Choice
                chosen={level === settings.privacy}
                name={name}
                detail={explanation}
                below
                onChoose={() => onChange({ privacy: level })}
              />
            </li>
          ))}
        </ul>
        <Button
          size="small"
          kind="quiet"
          icon={ScrollText}
          className="mt-2"
          data-testid="ledger-open"
          onClick={leaveFor(onLedger)}
        >
          What left this computer…
        </Button>
      </Popover>
    </>
  );
}

interface ChoiceProps {
  chosen: boolean;
  name: string;
  detail: string;
  below?: boolean;
  onChoose: () => void;
}

function Choice({ chosen, name, detail, below, onChoose }: ChoiceProps) {
  return (
    <button
      type="button"
      aria-pressed={chosen}
      onClick={onChoose}
      className={classes(
        "w-full rounded-lg px-2.5 py-1.5 text-left text-[0.8125rem]",
        !below && "flex items-baseline justify-between gap-3",
        chosen ? "bg-accent-soft text-accent-strong" : "hover:bg-sunken",
      )}
    >
      <span className="font-medium">{name}</span>
      <span className={classes("text-xs text-ink-3", below && "block")}>{detail}</span>
    </button>
  );
}
