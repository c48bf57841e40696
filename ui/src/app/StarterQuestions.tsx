import { ArrowRight } from "lucide-react";
import { useRead } from "@/api/client";
import type { Dataset, SampleInfo } from "@/api/types";
import { plural } from "@/components";
import { starterQuestions } from "@/features/datasets";

interface StarterQuestionsProps {
  dataset: Dataset;
  samples: SampleInfo[];
  onAsk: (question: string) => void;
}

/** Questions that fit the data, to begin with one press. */
export function StarterQuestions({ dataset, samples, onAsk }: StarterQuestionsProps) {
  const profile = useRead(
    "dataset::profile",
    { datasetId: dataset.id },
    { staleTime: Number.POSITIVE_INFINITY },
  );
  const questions = starterQuestions(dataset, profile.data, samples);
  return (
    <section aria-label="Questions to begin with">
      <p className="eyebrow">{dataset.fileName}</p>
      <h2 className="mt-1 text-[1.5rem] leading-tight font-semibold tracking-[-0.025em]">
        {plural(dataset.nRows, "row")}, {plural(dataset.columns.length, "column")}.{" "}
        <span className="text-ink-3">What would you like to know?</span>
      </h2>
      <ul className="mt-5 flex flex-col overflow-hidden rounded-card border border-line bg-surface">
        {questions.map((question) => (
          <li key={question} className="border-b border-line last:border-0">
            <button
              type="button"
              data-testid="starter-question"
              onClick={() => onAsk(question)}
              className="group flex w-full items-center gap-3 px-4 py-2.5 text-left hover:bg-accent-soft"
            >
              <span className="flex-1">{question}</span>
              <ArrowRight className="size-3.5 text-line-strong group-hover:text-accent" aria-hidden />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
