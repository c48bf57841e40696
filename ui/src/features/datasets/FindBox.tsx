import { ChevronDown, ChevronUp, X } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useClient } from "@/api/client";
import { asAppError } from "@/api/errors";
import type { Dataset, FoundCell } from "@/api/types";
import { classes, count, IconButton, TextInput } from "@/components";
import { type RowsView, windowOf } from "./rowsView";

const MOST_FOUND = 1_000;
const TYPING_MS = 200;

interface FindBoxProps {
  dataset: Dataset;
  view: RowsView;
  /** Asked for once more while open: back to the box. */
  asked: number;
  onClose: () => void;
  onShow: (cell: FoundCell | null) => void;
}

/** Finds a text in the rows that pass, and goes from one place to the next. */
export function FindBox({ dataset, view, asked, onClose, onShow }: FindBoxProps) {
  const client = useClient();
  const [text, setText] = useState("");
  const [found, setFound] = useState<FoundCell[] | null>(null);
  const [at, setAt] = useState(0);
  const [failure, setFailure] = useState<string | null>(null);
  const box = useRef<HTMLInputElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asking again brings the focus back
  useEffect(() => {
    box.current?.focus();
    box.current?.select();
  }, [asked]);

  useEffect(() => {
    let stale = false;
    setFound(null);
    setFailure(null);
    if (!text) {
      onShow(null);
      return;
    }
    const query = windowOf(view, 0, 0);
    const timer = setTimeout(() => {
      client.call("dataset::find", { datasetId: dataset.id, query, text, limit: MOST_FOUND }).then(
        ({ cells }) => {
          if (stale) return;
          setFound(cells);
          setAt(0);
          onShow(cells[0] ?? null);
        },
        (thrown) => !stale && setFailure(asAppError(thrown).message),
      );
    }, TYPING_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [client, dataset.id, view, text, onShow]);

  // What was marked is marked no more when the box is closed.
  useEffect(() => () => onShow(null), [onShow]);

  const go = (step: number) => {
    if (!found?.length) return;
    const next = (at + step + found.length) % found.length;
    setAt(next);
    onShow(found[next] ?? null);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") onClose();
    else if (event.key === "Enter") go(event.shiftKey ? -1 : 1);
    else return;
    // Escape would stop a run as well.
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: not every web view knows <search>
    <div role="search" className="flex min-w-0 items-center gap-1">
      <TextInput
        ref={box}
        data-testid="find-box"
        aria-label="Find in the data"
        placeholder="Find in the data"
        className="h-6.5! w-40!"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <span
        data-testid="find-count"
        aria-live="polite"
        className={classes("min-w-14 truncate text-right tabular", failure ? "text-bad" : "text-ink-3")}
        title={failure ?? undefined}
      >
        {failure ?? (found && wordsOf(at, found.length))}
      </span>
      <IconButton icon={ChevronUp} label="Previous" keys="Shift+Enter" onClick={() => go(-1)} />
      <IconButton icon={ChevronDown} label="Next" keys="Enter" onClick={() => go(1)} />
      <IconButton icon={X} label="Close" keys="Esc" onClick={onClose} />
    </div>
  );
}

function wordsOf(at: number, found: number): string {
  if (found === 0) return "not found";
  return `${count(at + 1)} of ${count(found)}${found === MOST_FOUND ? "+" : ""}`;
}
