import { Copy } from "lucide-react";
import { copyText, count, dollars, duration, IconButton, useToast } from "@/components";
import { useDesk } from "./desk";
import { Verification } from "./Verification";
import type { RunView } from "./view";

/** Under an answer: checked numbers, who wrote it, how long it took, what it cost. */
export function RunFooter({ view }: { view: RunView }) {
  const { modelName } = useDesk();
  const toast = useToast();
  const { answer, usage, startedAt, finishedAt } = view;
  const facts = [
    modelName(view.model),
    startedAt && finishedAt && duration(Math.max(0, Date.parse(finishedAt) - Date.parse(startedAt))),
    usage && tokens(usage.total.inputTokens + usage.total.outputTokens),
    usage && (usage.costUsd === null ? "price unknown" : usage.costUsd > 0 && dollars(usage.costUsd)),
  ].filter(Boolean);
  return (
    <footer className="flex flex-wrap items-center gap-x-3 gap-y-1" data-testid="run-footer">
      {answer && <Verification claims={answer.claims} />}
      <span className="text-xs text-ink-3 tabular">{facts.join(" · ")}</span>
      {answer && (
        <IconButton
          icon={Copy}
          label="Copy answer"
          className="-ml-1.5"
          onClick={async () =>
            toast((await copyText(answer.text)) ? "Answer copied" : "The clipboard is not available.")
          }
        />
      )}
    </footer>
  );
}

const tokens = (n: number) => n > 0 && `${count(n)} tokens`;
