import { Activity, Cpu, type LucideIcon, Palette, Shield, SquareTerminal } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Settings } from "@/api/types";
import { classes, Dialog, ErrorCard, Spinner } from "@/components";
import { AppearancePanel } from "./AppearancePanel";
import { HealthPanel } from "./HealthPanel";
import { ModelPanel } from "./ModelPanel";
import { PrivacyPanel } from "./PrivacyPanel";
import { PythonPanel } from "./PythonPanel";
import { useSettings } from "./useSettings";

export type SettingsPage = "model" | "privacy" | "python" | "appearance" | "health";

export interface PanelProps {
  settings: Settings;
  change: (some: Partial<Settings>) => void;
}

const PAGES: { id: SettingsPage; name: string; icon: LucideIcon; panel: (props: PanelProps) => ReactNode }[] =
  [
    { id: "model", name: "Model and keys", icon: Cpu, panel: ModelPanel },
    { id: "privacy", name: "Privacy", icon: Shield, panel: PrivacyPanel },
    { id: "python", name: "Python and limits", icon: SquareTerminal, panel: PythonPanel },
    { id: "appearance", name: "Appearance", icon: Palette, panel: AppearancePanel },
    { id: "health", name: "Usage and health", icon: Activity, panel: HealthPanel },
  ];

interface SettingsDialogProps {
  /** The page to show; null for closed. */
  page: SettingsPage | null;
  onClose: () => void;
}

export function SettingsDialog({ page, onClose }: SettingsDialogProps) {
  return (
    <Dialog open={page !== null} onClose={onClose} title="Settings" width="w-208" flush>
      {page && <Pages first={page} />}
    </Dialog>
  );
}

function Pages({ first }: { first: SettingsPage }) {
  const { settings, change, error } = useSettings();
  const [shown, setShown] = useState(first);
  const page = PAGES.find(({ id }) => id === shown);
  const Panel = page?.panel;
  return (
    <div className="flex h-128 max-h-full">
      <nav
        aria-label="Settings pages"
        className="flex w-48 shrink-0 flex-col gap-px border-r border-line bg-raised p-2"
      >
        {PAGES.map(({ id, name, icon: Icon }) => (
          <button
            key={id}
            type="button"
            data-testid={`settings-${id}`}
            aria-current={id === shown ? "page" : undefined}
            onClick={() => setShown(id)}
            className={classes(
              "flex h-8 items-center gap-2 rounded-lg px-2.5 text-left text-[0.8125rem]",
              id === shown ? "bg-sunken font-medium" : "text-ink-2 hover:bg-sunken/60",
            )}
          >
            <Icon className={classes("size-3.5", id === shown ? "text-accent" : "text-ink-3")} aria-hidden />
            {name}
          </button>
        ))}
      </nav>
      <div className="min-w-0 flex-1 overflow-y-auto px-6 py-5">
        {error && <ErrorCard error={error} title="The setting was not changed" className="mb-4" />}
        {settings && Panel ? (
          <Panel settings={settings} change={(some) => void change(some).catch(() => {})} />
        ) : (
          <Spinner text="Reading the settings…" />
        )}
      </div>
    </div>
  );
}
