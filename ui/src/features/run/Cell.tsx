import { Copy, Play, RotateCcw, Wrench } from "lucide-react";
import { type ReactNode, Suspense, useEffect, useState } from "react";
import { asAppError } from "@/api/errors";
import type { AppError, Run } from "@/api/types";
import { Button, copyText, Disclosure, ErrorCard, IconButton, Kbd, Spinner, useToast } from "@/components";
import { CodeEditor } from "@/components/code";
import { Artifacts } from "./Artifacts";
import { useDesk } from "./desk";
import { ExecutionOutput } from "./ExecutionOutput";
import { useRunView } from "./runContext";
import { type CellView, lastAttempt } from "./view";

export const LANGUAGE_NAMES = { python: "Python", sql: "SQL" } as const;

/** A cell laid open: its code, to be edited and run again, and what it printed. */
export function Cell({ cell, busy }: { cell: CellView; busy: boolean }) {
  const { runCell, rerunOf } = useDesk();
  const toast = useToast();
  const rerun = rerunOf(cell.id);
  const [code, setCode] = useState(cell.code);
  const [error, setError] = useState<AppError | null>(null);
  useEffect(() => setCode(cell.code), [cell.code]);
  const attempt = lastAttempt(cell);

  const run = (text: string) => {
    if (busy) return;
    setError(null);
    runCell(cell.id, cell.language, text).catch((thrown) => setError(asAppError(thrown)));
  };

  return (
    <div className="overflow-hidden rounded-lg border border-line bg-raised" data-cell={cell.id}>
      <CodeEditorFrame>
        <CodeEditor
          code={code}
          language={cell.language}
          label={`${LANGUAGE_NAMES[cell.language]} code`}
          onChange={setCode}
          onRun={run}
        />
      </CodeEditorFrame>
      <div className="flex items-center gap-2 border-t border-line px-2 py-1.5">
        <Button size="small" icon={Play} data-testid="rerun-cell" disabled={busy} onClick={() => run(code)}>
          Run again <Kbd keys="Mod+Enter" />
        </Button>
        {code !== cell.code && (
          <Button size="small" kind="quiet" icon={RotateCcw} onClick={() => setCode(cell.code)}>
            Back to the original
          </Button>
        )}
        <span className="ml-auto text-2xs text-ink-3">{LANGUAGE_NAMES[cell.language]}</span>
        <IconButton
          icon={Copy}
          label="Copy code"
          onClick={async () =>
            toast((await copyText(code)) ? "Code copied" : "The clipboard is not available.")
          }
        />
      </div>
      <Repairs cell={cell} />
      {attempt && (
        <div className="border-t border-line">
          <ExecutionOutput attempt={attempt} />
        </div>
      )}
      {error && <ErrorCard error={error} title="The cell was not run" className="m-2" />}
      {rerun && <Rerun key={rerun.id} run={rerun} cellId={cell.id} onCode={setCode} />}
    </div>
  );
}

function CodeEditorFrame({ children }: { children: ReactNode }) {
  return (
    <Suspense fallback={<Spinner text="Loading the editor…" className="p-3" />}>
      <div className="bg-surface">{children}</div>
    </Suspense>
  );
}

/** What was tried before it worked. */
function Repairs({ cell }: { cell: CellView }) {
  if (cell.repairs.length === 0) return null;
  const failed = cell.attempts.slice(0, -1);
  return (
    <Disclosure
      className="border-t border-line px-3 py-1"
      label={
        <span className="flex items-center gap-1.5 text-xs">
          <Wrench className="size-3" aria-hidden />
          {cell.repairs.length === 1 ? "Repaired once" : `Repaired ${cell.repairs.length} times`}
          <span className="truncate text-ink-3">{cell.repairs[cell.repairs.length - 1]?.explanation}</span>
        </span>
      }
    >
      {failed.map((attempt) => (
        <div key={attempt.executionId} className="pb-1">
          <ExecutionOutput attempt={attempt} />
          <p className="readable px-4 text-xs text-ink-2">
            {cell.repairs.find((repair) => repair.attempt === attempt.attempt)?.explanation}
          </p>
        </div>
      ))}
    </Disclosure>
  );
}

interface RerunProps {
  run: Run;
  cellId: string;
  /** Told the code that ran, so that the editor shows it after a restart too. */
  onCode: (code: string) => void;
}

/** What came of running the cell again. */
function Rerun({ run, cellId, onCode }: RerunProps) {
  const view = useRunView(run);
  const cell = view.cells[cellId];
  const attempt = cell && lastAttempt(cell);
  const ran = cell?.code;
  useEffect(() => {
    if (ran) onCode(ran);
  }, [ran, onCode]);
  return (
    <section
      aria-label="Result of running again"
      data-testid="rerun-result"
      data-status={view.status}
      className="border-t-2 border-accent-line bg-surface"
    >
      <p className="eyebrow px-4 pt-2.5">Run again</p>
      {!attempt && view.status === "running" && <Spinner text="Starting…" className="px-4 py-2" />}
      {attempt && <ExecutionOutput attempt={attempt} />}
      {view.error && !attempt?.error && <ErrorCard error={view.error} className="mx-3 mb-3" />}
      {attempt && attempt.artifacts.length > 0 && (
        <div className="px-3 pb-3">
          <Artifacts artifacts={attempt.artifacts} />
        </div>
      )}
    </section>
  );
}
