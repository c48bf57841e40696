import type { ColDef, IDatasource } from "ag-grid-community";
import { AgGridReact, type CustomHeaderProps } from "ag-grid-react";
import { createContext, useContext, useMemo } from "react";
import { useClient } from "@/api/client";
import type { ColumnProfile, Dataset } from "@/api/types";
import { classes, rawText, share } from "@/components";
import { COLUMN_TYPES, isNumeric } from "./columnTypes";
import { gridTheme } from "./gridSetup";

const BLOCK_ROWS = 200;
const BLOCKS_KEPT = 20;

interface PreviewGridProps {
  dataset: Dataset;
  /** Absent while it is being computed. */
  columns: ColumnProfile[] | undefined;
  selected: string | null;
  onSelect: (column: string) => void;
}

/** What headers show; the grid hands them only what does not change. */
interface HeaderFacts {
  rows: number;
  profiles: Map<string, ColumnProfile>;
  selected: string | null;
  onSelect: (column: string) => void;
}

const HeaderContext = createContext<HeaderFacts>({
  rows: 0,
  profiles: new Map(),
  selected: null,
  onSelect: () => {},
});

/** All rows of a dataset, read in blocks as they come into sight. */
export function PreviewGrid({ dataset, columns, selected, onSelect }: PreviewGridProps) {
  const client = useClient();
  const source = useMemo<IDatasource>(
    () => ({
      rowCount: dataset.nRows,
      getRows: ({ startRow, endRow, successCallback, failCallback }) => {
        client
          .call("dataset::preview", { datasetId: dataset.id, offset: startRow, limit: endRow - startRow })
          .then((table) => successCallback(table.rows, dataset.nRows), failCallback);
      },
    }),
    [client, dataset],
  );
  const columnDefs = useMemo<ColDef[]>(
    () => [
      rowNumbers,
      ...dataset.columns.map((column, index) => columnDef(column.name, index, isNumeric(column.type))),
    ],
    [dataset],
  );
  const facts = useMemo<HeaderFacts>(
    () => ({
      rows: dataset.nRows,
      profiles: new Map(columns?.map((column) => [column.name, column])),
      selected,
      onSelect,
    }),
    [dataset, columns, selected, onSelect],
  );

  return (
    <HeaderContext value={facts}>
      <div data-testid="preview-grid" className="h-full w-full">
        <AgGridReact
          theme={gridTheme}
          rowModelType="infinite"
          datasource={source}
          cacheBlockSize={BLOCK_ROWS}
          maxBlocksInCache={BLOCKS_KEPT}
          infiniteInitialRowCount={Math.min(dataset.nRows, BLOCK_ROWS)}
          columnDefs={columnDefs}
          enableCellTextSelection
          animateRows={false}
          // Scroll bars are thin here, whatever the system has.
          scrollbarWidth={8}
        />
      </div>
    </HeaderContext>
  );
}

const rowNumbers: ColDef = {
  headerName: "#",
  width: 54,
  pinned: "left",
  resizable: false,
  sortable: false,
  suppressMovable: true,
  valueGetter: ({ node }) => (node?.rowIndex ?? 0) + 1,
  cellClass: "text-right text-ink-3 tabular",
};

function columnDef(name: string, index: number, numeric: boolean): ColDef {
  return {
    colId: String(index),
    headerName: name,
    headerComponent: ColumnHeader,
    sortable: false,
    width: Math.min(220, Math.max(96, name.length * 8 + 44)),
    valueGetter: ({ data }) => (data as unknown[] | undefined)?.[index],
    valueFormatter: ({ value }) => rawText(value),
    cellClass: numeric ? "text-right font-mono tabular" : "",
  };
}

function ColumnHeader({ displayName }: CustomHeaderProps) {
  const { rows, profiles, selected, onSelect } = useContext(HeaderContext);
  const profile = profiles.get(displayName);
  const Icon = profile && COLUMN_TYPES[profile.type].icon;
  return (
    <button
      type="button"
      data-testid="column-header"
      aria-pressed={selected === displayName}
      onClick={() => onSelect(displayName)}
      className={classes(
        "flex h-full w-full flex-col justify-center text-left",
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
        {profile ? missing(profile, rows) : "…"}
      </span>
    </button>
  );
}

const missing = ({ nulls }: ColumnProfile, rows: number) =>
  nulls > 0 ? `${share(nulls, rows)} missing` : "complete";
