import { ArrowDown, ArrowUp, ListFilter, Search, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Dataset, FoundCell, RowFilter } from "@/api/types";
import { count, IconButton, Popover, plural } from "@/components";
import { FilterEditor } from "./FilterEditor";
import { FindBox } from "./FindBox";
import {
  describeFilter,
  EVERYTHING,
  isEverything,
  type RowsView,
  replacedFilter,
  sortedBy,
  unsorted,
  withoutFilter,
} from "./rowsView";

interface RowsBarProps {
  dataset: Dataset;
  view: RowsView;
  /** Rows that pass; null while that is not known. */
  passing: number | null;
  /** How often finding was asked for since it was opened; 0 while it is closed. */
  finding: number;
  onChange: (view: RowsView) => void;
  onFind: () => void;
  onFindClose: () => void;
  onShow: (cell: FoundCell | null) => void;
}

/** What is filtered and sorted, how many rows pass, and where a text occurs. */
export function RowsBar(props: RowsBarProps) {
  const { dataset, view, passing, finding, onChange, onFind, onFindClose, onShow } = props;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a toolbar is no fieldset
    <div
      role="group"
      data-testid="rows-bar"
      aria-label="Filters and order"
      className="flex min-h-9 flex-wrap items-center gap-1.5 border-b border-line px-3 py-1 text-xs"
    >
      {view.filters.map((filter) => (
        <FilterTag
          key={describeFilter(filter)}
          dataset={dataset}
          filter={filter}
          onReplace={(made) => onChange(replacedFilter(view, filter, made))}
          onRemove={() => onChange(withoutFilter(view, filter))}
        />
      ))}
      {view.sort.map((key, index) => (
        <Tag
          key={key.column}
          label={`Do not sort by ${key.column}`}
          onRemove={() => onChange(unsorted(view, key.column))}
        >
          <button
            type="button"
            data-testid="sort-chip"
            title="Turn round"
            onClick={() => onChange(sortedBy(view, key.column, !key.descending, true))}
            className="flex min-w-0 items-center gap-1"
          >
            {key.descending ? (
              <ArrowDown className="size-3 shrink-0" aria-hidden />
            ) : (
              <ArrowUp className="size-3 shrink-0" aria-hidden />
            )}
            <span className="truncate">
              {view.sort.length > 1 && `${index + 1} `}
              {key.column}
              <span className="sr-only">, {key.descending ? "greatest" : "smallest"} first; turn round</span>
            </span>
          </button>
        </Tag>
      ))}
      {!isEverything(view) && (
        <button
          type="button"
          data-testid="clear-view"
          className="rounded-md px-1.5 py-0.5 text-ink-2 hover:bg-sunken hover:text-ink"
          onClick={() => onChange(EVERYTHING)}
        >
          Clear all
        </button>
      )}
      <span data-testid="passing-rows" className="text-ink-3 tabular" aria-live="polite">
        {view.filters.length > 0 && passing !== null
          ? `${count(passing)} of ${plural(dataset.nRows, "row")}`
          : plural(dataset.nRows, "row")}
      </span>
      <span className="ml-auto" />
      {finding > 0 ? (
        <FindBox dataset={dataset} view={view} asked={finding} onClose={onFindClose} onShow={onShow} />
      ) : (
        <IconButton
          icon={Search}
          label="Find in the data"
          keys="Mod+F"
          data-testid="find-open"
          className="size-6!"
          onClick={onFind}
        />
      )}
    </div>
  );
}

interface FilterTagProps {
  dataset: Dataset;
  filter: RowFilter;
  onReplace: (filter: RowFilter) => void;
  onRemove: () => void;
}

/** A filter in words; a press changes it. */
function FilterTag({ dataset, filter, onReplace, onRemove }: FilterTagProps) {
  const [open, setOpen] = useState(false);
  const column = dataset.columns.find((c) => c.name === filter.column);
  const words = describeFilter(filter);
  return (
    <Tag label={`Remove the filter: ${words}`} onRemove={onRemove}>
      <Popover
        title={filter.column}
        open={open}
        onOpenChange={setOpen}
        trigger={
          <button
            type="button"
            data-testid="filter-chip"
            title={words}
            className="flex min-w-0 items-center gap-1"
          >
            <ListFilter className="size-3 shrink-0" aria-hidden />
            <span className="truncate">{words}</span>
          </button>
        }
      >
        {column && (
          <FilterEditor
            dataset={dataset}
            column={column}
            filter={filter}
            onApply={(made) => {
              setOpen(false);
              onReplace(made);
            }}
            onClear={onRemove}
          />
        )}
      </Popover>
    </Tag>
  );
}

interface TagProps {
  label: string;
  children: ReactNode;
  onRemove: () => void;
}

function Tag({ label, children, onRemove }: TagProps) {
  return (
    <span className="flex max-w-64 items-center gap-1 rounded-full bg-accent-soft py-0.5 pr-0.5 pl-2 text-accent-strong">
      {children}
      <button
        type="button"
        aria-label={label}
        onClick={onRemove}
        className="rounded-full p-0.5 hover:bg-accent-line"
      >
        <X className="size-3" aria-hidden />
      </button>
    </span>
  );
}
