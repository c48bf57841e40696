import { CircleCheck, CircleDashed, CircleX, Download, Wrench } from "lucide-react";
import { useCommand } from "@/api/client";
import type { PythonStatus } from "@/api/types";
import { Button, ErrorCard, Progress, Spinner } from "@/components";
import { NumberField } from "./NumberField";
import type { PanelProps } from "./SettingsDialog";
import { usePythonStatus } from "./usePythonStatus";

/** The Python that code runs in, and what a run may use of this computer. */
export function PythonPanel({ settings, change }: PanelProps) {
  const { status, error } = usePythonStatus();
  return (
    <div className="flex max-w-120 flex-col gap-6">
      <section aria-label="Python environment">
        <h3 className="mb-1 text-[0.8125rem] font-medium">Python environment</h3>
        <p className="mb-3 text-xs text-ink-3">
          Its own copy, with the scientific libraries. It runs without network and cannot see your files. SQL
          and the built-in analyst work without it.
        </p>
        {error && <ErrorCard error={error} />}
        {status ? <Environment status={status} /> : !error && <Spinner text="Looking at Python…" />}
      </section>
      <div className="grid grid-cols-2 gap-4">
        <NumberField
          label="Time limit of a step"
          unit="seconds"
          testId="timeout-input"
          value={settings.timeoutSecs}
          onSave={(timeoutSecs) => change({ timeoutSecs })}
        />
        <NumberField
          label="Memory limit of a step"
          unit="MB"
          testId="memory-input"
          value={settings.memoryMb}
          onSave={(memoryMb) => change({ memoryMb })}
        />
      </div>
    </div>
  );
}

const STATES = {
  ready: { icon: CircleCheck, look: "text-accent", words: "Ready" },
  missing: { icon: CircleDashed, look: "text-ink-3", words: "Not installed" },
  installing: { icon: CircleDashed, look: "text-accent animate-spin", words: "Installing" },
  broken: { icon: CircleX, look: "text-bad", words: "Broken" },
} as const;

function Environment({ status }: { status: PythonStatus }) {
  const install = useCommand("python::install");
  const cancel = useCommand("python::cancel_install");
  const { icon: Icon, look, words } = STATES[status.state];
  return (
    <div className="rounded-card border border-line bg-raised px-4 py-3" data-testid="python-panel">
      <div className="flex items-center gap-2">
        <Icon className={`size-4 shrink-0 ${look}`} aria-hidden />
        <span className="text-[0.8125rem] font-medium">{words}</span>
        <span className="ml-auto flex gap-2">
          {status.state === "installing" ? (
            <Button size="small" onClick={() => cancel.mutate({})}>
              Cancel
            </Button>
          ) : (
            <Button
              size="small"
              kind={status.state === "ready" ? "plain" : "primary"}
              icon={status.state === "missing" ? Download : Wrench}
              disabled={install.isPending}
              onClick={() => install.mutate({})}
            >
              {status.state === "missing" ? "Install" : "Repair"}
            </Button>
          )}
        </span>
      </div>
      {status.state === "installing" && (
        <Progress label="Installing Python" percent={status.percent} className="mt-2.5 ml-6" />
      )}
      {status.detail && (
        <p className="readable mt-1.5 pl-6 text-xs break-words text-ink-3">{status.detail}</p>
      )}
      {install.error && <ErrorCard error={install.error} className="mt-2" />}
    </div>
  );
}
