import { Check, Ellipsis, PanelRight, Plus, Table2, Trash2, TriangleAlert } from "lucide-react";
import type { Dataset } from "@/api/types";
import { classes, count, Hint, IconButton, Menu } from "@/components";

interface DatasetListProps {
  datasets: Dataset[];
  /** Those that questions are about. */
  inUse: string[];
  /** The one being looked at. */
  shown: string | null;
  onShow: (dataset: Dataset) => void;
  onToggle: (dataset: Dataset) => void;
  onRemove: (dataset: Dataset) => void;
}

export function DatasetList({ datasets, inUse, shown, onShow, onToggle, onRemove }: DatasetListProps) {
  return (
    <ul className="flex flex-col gap-px">
      {datasets.map((dataset) => {
        const used = inUse.includes(dataset.id);
        return (
          <li
            key={dataset.id}
            data-testid="dataset-item"
            className={classes(
              "group flex items-center gap-1 rounded-lg pr-1",
              shown === dataset.id ? "bg-sunken" : "hover:bg-sunken/60",
            )}
          >
            <Hint
              text={used ? "Questions are about this one. Press to leave it out." : "Ask about this one too"}
              side="right"
            >
              <button
                type="button"
                aria-pressed={used}
                aria-label={`Use ${dataset.name} in this chat`}
                onClick={() => onToggle(dataset)}
                className="flex h-9 w-8 shrink-0 items-center justify-center rounded-lg"
              >
                <span
                  className={classes(
                    "flex size-4.5 items-center justify-center rounded-md",
                    used
                      ? "bg-accent text-on-accent"
                      : "border border-line-strong text-transparent group-hover:text-ink-3",
                  )}
                >
                  {used ? (
                    <Check className="size-3" strokeWidth={3} aria-hidden />
                  ) : (
                    <Plus className="size-3" aria-hidden />
                  )}
                </span>
              </button>
            </Hint>
            <button
              type="button"
              onClick={() => onShow(dataset)}
              className="min-w-0 flex-1 rounded-md py-1.5 text-left"
            >
              <span className="flex items-center gap-1.5">
                <span className="truncate text-[0.8125rem] font-medium">{dataset.name}</span>
                {dataset.warnings.length > 0 && (
                  <TriangleAlert className="size-3 shrink-0 text-doubt" aria-label="has warnings" />
                )}
              </span>
              <span className="block truncate text-2xs text-ink-3 tabular">
                {count(dataset.nRows)} × {dataset.columns.length}
                {" · "}
                {dataset.fileName}
              </span>
            </button>
            <Menu
              trigger={
                <IconButton
                  icon={Ellipsis}
                  label="More"
                  className="opacity-0 group-focus-within:opacity-100 group-hover:opacity-100"
                />
              }
              items={[
                { label: "Show the data", icon: PanelRight, onSelect: () => onShow(dataset) },
                { label: "Remove from list", icon: Trash2, danger: true, onSelect: () => onRemove(dataset) },
              ]}
            />
          </li>
        );
      })}
      {datasets.length === 0 && (
        <li className="flex items-center gap-2 px-2 py-1.5 text-xs text-ink-3">
          <Table2 className="size-3.5" aria-hidden />
          Nothing opened yet
        </li>
      )}
    </ul>
  );
}
