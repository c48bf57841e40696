import { classes, duration, Elapsed } from "@/components";
import { showHidden } from "@/components/markdown";
import type { AttemptView } from "./view";

const WORDS: Record<AttemptView["status"], string> = {
  running: "running",
  ok: "ran through",
  error: "failed",
  timeout: "took too long",
  memory: "wanted too much memory",
  killed: "was stopped",
  cpu: "computed for too long",
  output_limit: "wrote too much",
};

/** How an attempt went: what it printed, and the line it failed at. */
export function ExecutionOutput({ attempt }: { attempt: AttemptView }) {
  const { status, stdout, stderr, error } = attempt;
  return (
    <div className="px-4 py-2 text-xs">
      <p className="flex items-center gap-2 text-ink-3">
        <span
          className={classes(
            "size-1.5 rounded-full",
            status === "ok" ? "bg-accent" : status === "running" ? "pulse-dot bg-accent" : "bg-bad",
          )}
          aria-hidden
        />
        {attempt.attempt > 1 ? `Attempt ${attempt.attempt} ${WORDS[status]}` : WORDS[status]}
        {status === "running" ? (
          <Elapsed from={attempt.startedAt || null} to={null} />
        ) : (
          attempt.durationMs !== null && <span className="tabular">{duration(attempt.durationMs)}</span>
        )}
      </p>
      {error && <FailedLine code={attempt.code} error={error} />}
      {stdout && <Printed text={stdout} />}
      {stderr && <Printed text={stderr} faint />}
    </div>
  );
}

function FailedLine({ code, error }: { code: string; error: NonNullable<AttemptView["error"]> }) {
  const line = error.line ? code.split("\n")[error.line - 1] : undefined;
  return (
    <div className="readable mt-1.5 rounded-lg border border-bad-line bg-bad-soft px-3 py-2">
      <p className="break-words text-bad">
        <span className="font-semibold">{error.type}</span>: {showHidden(error.message)}
      </p>
      {line !== undefined && (
        <p className="mt-1 overflow-x-auto font-mono whitespace-pre text-ink-2">
          <span className="mr-3 text-ink-3">{error.line}</span>
          {line}
        </p>
      )}
    </div>
  );
}

function Printed({ text, faint }: { text: string; faint?: boolean }) {
  return (
    <pre
      className={classes(
        "readable mt-1.5 max-h-60 overflow-auto rounded-lg bg-sunken px-3 py-2 font-mono whitespace-pre",
        faint && "text-ink-3",
      )}
    >
      {showHidden(text.trimEnd())}
    </pre>
  );
}
