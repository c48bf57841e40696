import { Lock } from "lucide-react";
import type { Dataset, SampleInfo } from "@/api/types";
import { OpenData, type Opening, OpeningNotes } from "@/features/datasets";
import { StarterQuestions } from "./StarterQuestions";

interface WelcomeProps {
  opening: Opening;
  samples: SampleInfo[];
  /** The first of the datasets that questions will be about. */
  dataset: Dataset | null;
  onAsk: (question: string) => void;
}

const STEPS = ["Open a file or a sample", "Ask in plain words", "Get numbers you can check"];

/** Before the first question: what this is, and the shortest way to an answer. */
export function Welcome({ opening, samples, dataset, onAsk }: WelcomeProps) {
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto flex min-h-full max-w-168 flex-col justify-center gap-6 px-7 py-10">
        {dataset ? (
          <StarterQuestions key={dataset.id} dataset={dataset} samples={samples} onAsk={onAsk} />
        ) : (
          <>
            <header>
              <h2 className="text-[1.75rem] leading-tight font-semibold tracking-[-0.03em]">
                Ask your data. <span className="text-accent">Check the answer.</span>
              </h2>
              <ol className="mt-3 flex flex-wrap gap-x-5 gap-y-1.5 text-[0.8125rem] text-ink-2">
                {STEPS.map((step, index) => (
                  <li key={step} className="flex items-center gap-2">
                    <span className="flex size-5 items-center justify-center rounded-full border border-line-strong font-mono text-2xs">
                      {index + 1}
                    </span>
                    {step}
                  </li>
                ))}
              </ol>
            </header>
            <OpeningNotes opening={opening} />
            <OpenData opening={opening} samples={samples} />
            <p className="flex items-center gap-2 text-xs text-ink-3">
              <Lock className="size-3.5 text-accent" aria-hidden />
              No key needed, no account, no network: the built-in analyst works on this computer.
            </p>
          </>
        )}
        {dataset && <OpeningNotes opening={opening} />}
      </div>
    </div>
  );
}
