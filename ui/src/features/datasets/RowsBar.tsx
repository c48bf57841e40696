import { ArrowDown, ArrowUp, ChevronDown, ChevronUp, Search, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useClient } from "@/api/client";
import { asAppError } from "@/api/errors";
import type { Dataset, FoundCell } from "@/api/types";
import { classes, count, IconButton, plural, TextInput } from "@/components";
import { describeFilter, isEverything, type RowsView, unfiltered, unsorted, windowOf } from "./rowsView";

const MOST_FOUND = 1_000;
const TYPING_MS = 200;

interface RowsBarProps {
  dataset: Dataset;
  view: RowsView;
  /** Rows that pass; null while that is not known. */
  passing: number | null;
  finding: boolean;
  onChange: (view: RowsView) => void;
  onFinding: (open: boolean) => void;
  onShow: (cell: FoundCell) => void;
}

/** What is filtered and sorted, how many rows pass, and where a text occurs. */
export function RowsBar({ dataset, view, passing, finding, onChange, onFinding, onShow }: RowsBarProps) {
  return (
    <div data-testid="rows-bar" className="flex flex-wrap items-center gap-1.5 border-b border-line px-3 py-1.5 text-xs">
      {view.filters.map((filter) => (
        <Tag
          key={filter.column}
          text={describeFilter(filter)}
          label={`Remove the filter on ${filter.column}`}
          onRemove={() => onChange(unfiltered(view, filter.column))}
        />
      ))}
      {view.sort.map((key) => (
        <Tag
          key={key.column}
          icon={key.descending ? ArrowDown : ArrowUp}
          text={key.column}
          label={`Do not sort by ${key.column}`}
          onRemove={() => onChange(unsorted(view, key.column))}
        />
      ))}
      {!isEverything(view) && (
        <button
          type="button"
          className="rounded-md px-1.5 py-0.5 text-ink-3 hover:text-ink"
          onClick={() => onChange({ filters: [], sort: [] })}
        >
          Clear all
        </button>
      )}
      <span className="text-ink-3 tabular" aria-live="polite">
        {view.filters.length > 0 && passing !== null
          ? `${count(passing)} of ${plural(dataset.nRows, "row")}`
          : plural(dataset.nRows, "row")}
      </span>
      <span className="ml-auto" />
      {finding ? (
        <Find dataset={dataset} view={view} onClose={() => onFinding(false)} onShow={onShow} />
      ) : (
        <IconButton icon={Search} label="Find in the data (Ctrl+F)" onClick={() => onFinding(true)} />
      )}
    </div>
  );
}

interface TagProps {
  text: string;
  label: string;
  icon?: typeof ArrowUp;
  onRemove: () => void;
}

function Tag({ text, label, icon: Icon, onRemove }: TagProps) {
  return (
    <span className="flex max-w-64 items-center gap-1 rounded-full bg-accent-soft py-0.5 pr-0.5 pl-2 text-accent">
      {Icon && <Icon className="size-3 shrink-0" aria-hidden />}
      <span className="readable truncate">{text}</span>
      <button type="button" aria-label={label} onClick={onRemove} className="rounded-full p-0.5 hover:bg-accent/15">
        <X className="size-3" aria-hidden />
      </button>
    </span>
  );
}

/** Finds a text in the rows that pass, and goes from one place to the next. */
function Find({ dataset, view, onClose, onShow }: { dataset: Dataset; view: RowsView; onClose: () => void; onShow: (cell: FoundCell) => void }) {
  const client = useClient();
  const [text, setText] = useState("");
  const [found, setFound] = useState<FoundCell[] | null>(null);
  const [at, setAt] = useState(0);
  const [failure, setFailure] = useState<string | null>(null);
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => box.current?.focus(), []);

  useEffect(() => {
    let stale = false;
    setFound(null);
    setFailure(null);
    if (!text) return;
    const timer = setTimeout(() => {
      client
        .call("dataset::find", { datasetId: dataset.id, query: windowOf(view, 0, 0), text, limit: MOST_FOUND })
        .then(
          ({ cells }) => {
            if (stale) return;
            setFound(cells);
            setAt(0);
            if (cells[0]) onShow(cells[0]);
          },
          (thrown) => !stale && setFailure(asAppError(thrown).message),
        );
    }, TYPING_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [client, dataset.id, view, text, onShow]);

  const go = (step: number) => {
    if (!found?.length) return;
    const next = (at + step + found.length) % found.length;
    setAt(next);
    const cell = found[next];
    if (cell) onShow(cell);
  };
  const told = failure ?? (found && (found.length === 0 ? "not found" : `${at + 1} of ${count(found.length)}${found.length === MOST_FOUND ? "+" : ""}`));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys typed in the box inside
    <div
      className="flex items-center gap-1"
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
        if (event.key === "Enter") go(event.shiftKey ? -1 : 1);
      }}
    >
      <TextInput
        ref={box}
        data-testid="find-box"
        aria-label="Find"
        placeholder="Find in the data"
        className="h-6.5! w-44!"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <span className={classes("min-w-16 text-right tabular", failure ? "text-bad" : "text-ink-3")} aria-live="polite">
        {told}
      </span>
      <IconButton icon={ChevronUp} label="Previous (Shift+Enter)" onClick={() => go(-1)} />
      <IconButton icon={ChevronDown} label="Next (Enter)" onClick={() => go(1)} />
      <IconButton icon={X} label="Close (Esc)" onClick={onClose} />
    </div>
  );
}
