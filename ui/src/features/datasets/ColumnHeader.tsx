import type { CustomHeaderProps } from "ag-grid-react";
import { createContext, useContext } from "react";
import type { Column, ColumnProfile, Dataset } from "@/api/types";
import { classes, share } from "@/components";
import { ColumnMenu } from "./ColumnMenu";
import { COLUMN_TYPES } from "./columnTypes";
import { EVERYTHING, type RowsView } from "./rowsView";

/** What headers show; the grid hands them only what does not change. */
export interface HeaderFacts {
  dataset: Dataset | null;
  columns: Map<string, Column>;
  profiles: Map<string, ColumnProfile>;
  selected: string | null;
  view: RowsView;
  /** The column whose menu is open. */
  menu: string | null;
  onSelect: (column: string) => void;
  onView: (view: RowsView) => void;
  onMenu: (column: string | null) => void;
}

export const HeaderContext = createContext<HeaderFacts>({
  dataset: null,
  columns: new Map(),
  profiles: new Map(),
  selected: null,
  view: EVERYTHING,
  menu: null,
  onSelect: () => {},
  onView: () => {},
  onMenu: () => {},
});

/** A column's name, type and gaps; a press shows its statistics, the sign at its end sorts and filters. */
export function ColumnHeader({ displayName }: CustomHeaderProps) {
  const { dataset, columns, profiles, selected, view, menu, onSelect, onView, onMenu } =
    useContext(HeaderContext);
  const profile = profiles.get(displayName);
  const column = columns.get(displayName);
  const Icon = column && COLUMN_TYPES[column.type].icon;
  return (
    <div className="group flex h-full w-full items-center gap-0.5">
      <button
        type="button"
        data-testid="column-header"
        aria-pressed={selected === displayName}
        onClick={() => onSelect(displayName)}
        className={classes(
          "flex h-full min-w-0 flex-1 flex-col justify-center text-left",
          selected === displayName ? "text-accent" : "hover:text-accent",
        )}
      >
        <span className="flex w-full items-center gap-1.5">
          {Icon && <Icon className="size-3 shrink-0 text-ink-3" aria-hidden />}
          <span className="truncate">{displayName}</span>
        </span>
        <span
          className={classes("truncate text-2xs font-normal", profile?.nulls ? "text-doubt" : "text-ink-3")}
        >
          {profile && dataset ? missing(profile, dataset.nRows) : "…"}
        </span>
      </button>
      {dataset && column && (
        <ColumnMenu
          dataset={dataset}
          column={column}
          view={view}
          open={menu === displayName}
          onOpenChange={(open) => onMenu(open ? displayName : null)}
          onChange={onView}
        />
      )}
    </div>
  );
}

const missing = ({ nulls }: ColumnProfile, rows: number) =>
  nulls > 0 ? `${share(nulls, rows)} missing` : "complete";
