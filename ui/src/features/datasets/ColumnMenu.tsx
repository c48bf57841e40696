import { ArrowDown, ArrowUp, ListFilter } from "lucide-react";
import type { Column, Dataset } from "@/api/types";
import { classes, Popover } from "@/components";
import { FilterEditor } from "./FilterEditor";
import { filteredBy, type RowsView, sortedBy, sortOf, unfiltered, unsorted } from "./rowsView";

interface ColumnMenuProps {
  dataset: Dataset;
  column: Column;
  view: RowsView;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onChange: (view: RowsView) => void;
}

/** Sort and filter of one column, in its header. */
export function ColumnMenu({ dataset, column, view, open, onOpenChange, onChange }: ColumnMenuProps) {
  const filter = view.filters.find((f) => f.column === column.name);
  const sort = sortOf(view, column.name);
  const Icon = sort ? (sort.descending ? ArrowDown : ArrowUp) : ListFilter;
  const active = filter !== undefined || sort !== null;
  const change = (next: RowsView) => {
    onChange(next);
    onOpenChange(false);
  };
  /** The same order once more takes it back. */
  const by = (descending: boolean, add: boolean) =>
    change(
      sort?.descending === descending
        ? unsorted(view, column.name)
        : sortedBy(view, column.name, descending, add),
    );
  return (
    <Popover
      align="end"
      title={column.name}
      open={open}
      onOpenChange={onOpenChange}
      trigger={
        <button
          type="button"
          data-testid="column-menu"
          aria-label={labelOf(column.name, view)}
          className={classes(
            "flex shrink-0 items-center rounded p-0.5 text-2xs tabular",
            active
              ? "text-accent"
              : "text-ink-3 opacity-0 group-hover:opacity-100 focus-visible:opacity-100 data-popup-open:opacity-100",
          )}
        >
          {filter && sort && <ListFilter className="size-3.5" aria-hidden />}
          <Icon className="size-3.5" aria-hidden />
          {sort && view.sort.length > 1 && <span data-testid="sort-rank">{sort.rank}</span>}
        </button>
      }
    >
      <div className="mb-2 grid grid-cols-2 gap-1 border-b border-line pb-2">
        <SortButton
          icon={ArrowUp}
          text="Smallest first"
          on={sort?.descending === false}
          onSort={(add) => by(false, add)}
        />
        <SortButton
          icon={ArrowDown}
          text="Greatest first"
          on={sort?.descending === true}
          onSort={(add) => by(true, add)}
        />
        <p className="col-span-2 text-2xs text-ink-3">Hold Shift to sort by several columns.</p>
      </div>
      <FilterEditor
        dataset={dataset}
        column={column}
        filter={filter}
        onApply={(made) => change(filteredBy(view, made))}
        onClear={() => change(unfiltered(view, column.name))}
      />
    </Popover>
  );
}

function labelOf(column: string, view: RowsView): string {
  const sort = sortOf(view, column);
  const order = sort && `, sorted ${sort.rank}, ${sort.descending ? "greatest" : "smallest"} first`;
  return `Sort or filter ${column}${order ?? ""}`;
}

interface SortButtonProps {
  icon: typeof ArrowUp;
  text: string;
  on: boolean;
  onSort: (add: boolean) => void;
}

function SortButton({ icon: Icon, text, on, onSort }: SortButtonProps) {
  return (
    <button
      type="button"
      aria-pressed={on}
      onClick={(event) => onSort(event.shiftKey)}
      className={classes(
        "flex items-center gap-1.5 rounded-md px-2 py-1 text-xs",
        on ? "bg-accent-soft font-medium text-accent" : "hover:bg-sunken",
      )}
    >
      <Icon className="size-3.5" aria-hidden />
      {text}
    </button>
  );
}
