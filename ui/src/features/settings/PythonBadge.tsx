import { SquareTerminal } from "lucide-react";
import type { PythonStatus } from "@/api/types";
import { classes } from "@/components";
import { usePythonStatus } from "./usePythonStatus";

const WORDS: Record<PythonStatus["state"], string> = {
  ready: "Python ready",
  missing: "Python not installed",
  installing: "Installing Python",
  broken: "Python needs repair",
};

/** The state of Python at the foot of the window; pressed, it leads to its page. */
export function PythonBadge({ onOpen }: { onOpen: () => void }) {
  const { status } = usePythonStatus();
  const state = status?.state;
  return (
    <button
      type="button"
      data-testid="python-status"
      data-state={state}
      onClick={onOpen}
      className="flex h-7 min-w-0 items-center gap-2 rounded-md px-2 text-xs text-ink-3 hover:bg-sunken hover:text-ink"
    >
      <SquareTerminal
        className={classes("size-3.5 shrink-0", state === "ready" ? "text-accent" : "text-doubt")}
        aria-hidden
      />
      <span className="truncate">
        {state ? WORDS[state] : "Looking at Python…"}
        {state === "installing" && status?.percent !== null && ` ${Math.round(status?.percent ?? 0)} %`}
      </span>
    </button>
  );
}
