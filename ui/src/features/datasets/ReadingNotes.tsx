import { SlidersHorizontal, TriangleAlert } from "lucide-react";
import type { Dataset } from "@/api/types";
import { Button, Disclosure, plural } from "@/components";
import { Warnings } from "./Warnings";

interface ReadingNotesProps {
  dataset: Dataset;
  onReread: () => void;
}

/** How the file was read, what to know before trusting its numbers, and a way to have it read differently. */
export function ReadingNotes({ dataset, onReread }: ReadingNotesProps) {
  const { warnings } = dataset;
  const serious = warnings.filter((warning) => warning.severity !== "info").length;
  return (
    <Disclosure
      key={dataset.id}
      openAtFirst={serious > 0}
      testId="reading-notes"
      className="border-b border-line px-4 py-1.5"
      aside={
        <Button
          size="small"
          kind="quiet"
          icon={SlidersHorizontal}
          data-testid="reread-open"
          onClick={onReread}
        >
          Read it differently…
        </Button>
      }
      label={
        <span className="flex items-center gap-2">
          How we read it
          {warnings.length > 0 && (
            <span
              className={
                serious > 0
                  ? "flex items-center gap-1 rounded-full bg-doubt-soft px-1.5 text-2xs font-medium text-doubt"
                  : "rounded-full bg-sunken px-1.5 text-2xs text-ink-2"
              }
            >
              {serious > 0 && <TriangleAlert className="size-2.5" aria-hidden />}
              {plural(warnings.length, "note")}
            </span>
          )}
        </span>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrolled by keys too */}
      <div className="max-h-[min(10.5rem,16vh)] overflow-y-auto pb-2" tabIndex={0}>
        <p className="readable text-xs text-ink-2" data-testid="reading-sentence">
          {dataset.explanation}
        </p>
        <Warnings warnings={warnings} />
        <p className="readable mt-2 text-2xs break-all text-ink-3">{dataset.path}</p>
      </div>
    </Disclosure>
  );
}
