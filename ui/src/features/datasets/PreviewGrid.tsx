import type {
  CellClassParams,
  CellFocusedEvent,
  CellKeyDownEvent,
  ColDef,
  FullWidthCellKeyDownEvent,
  GridApi,
  IDatasource,
  SuppressHeaderKeyboardEventParams,
} from "ag-grid-community";
import { AgGridReact } from "ag-grid-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useClient } from "@/api/client";
import { asAppError } from "@/api/errors";
import type { AppError, ColumnProfile, Dataset, FoundCell } from "@/api/types";
import { Button, ErrorCard, rawText, useEvent } from "@/components";
import { ColumnHeader, HeaderContext, type HeaderFacts } from "./ColumnHeader";
import { isNumeric } from "./columnTypes";
import { gridTheme } from "./gridSetup";
import { type RowsView, windowOf } from "./rowsView";

const MOST_BLOCK_ROWS = 200;
const FEWEST_BLOCK_ROWS = 20;
/** A block of a wide table has fewer rows, so that each comes at once. */
const BLOCK_CELLS = 60_000;
const BLOCKS_KEPT = 20;

/** A row as the grid holds it. */
interface GridRow {
  /** Where it stands in the whole table, counted from 0. */
  position: number;
  cells: unknown[];
}

interface PreviewGridProps {
  dataset: Dataset;
  /** Absent while it is being computed. */
  columns: ColumnProfile[] | undefined;
  view: RowsView;
  /** The column whose statistics are open. */
  selected: string | null;
  /** A cell to scroll to and mark. */
  target: FoundCell | null;
  onSelect: (column: string) => void;
  onView: (view: RowsView) => void;
  /** The column of the cell that the keys are at. */
  onFocus: (column: string) => void;
  /** How many rows pass the filters. */
  onPassing: (rows: number) => void;
}

/** The rows of a dataset that pass the filters, read in blocks as they come into sight. */
export function PreviewGrid(props: PreviewGridProps) {
  const { dataset, columns, view, selected, target, onSelect, onView, onFocus, onPassing } = props;
  const client = useClient();
  const grid = useRef<AgGridReact<GridRow>>(null);
  const marked = useRef<FoundCell | null>(null);
  const [menu, setMenu] = useState<string | null>(null);
  const [failure, setFailure] = useState<AppError | null>(null);
  const [nothing, setNothing] = useState(false);
  const told = useEvent(onPassing);
  const select = useEvent(onSelect);

  const blockRows = Math.min(
    MOST_BLOCK_ROWS,
    Math.max(FEWEST_BLOCK_ROWS, Math.floor(BLOCK_CELLS / Math.max(1, dataset.columns.length))),
  );

  const source = useMemo<IDatasource>(
    () => ({
      getRows: ({ startRow, endRow, successCallback, failCallback }) => {
        client
          .call("dataset::rows", {
            datasetId: dataset.id,
            query: windowOf(view, startRow, endRow - startRow),
          })
          .then(
            ({ table, positions }) => {
              const rows = table.rows.map(
                (cells, index): GridRow => ({ cells, position: positions[index] ?? startRow + index }),
              );
              successCallback(rows, table.nRows);
              setFailure(null);
              setNothing(table.nRows === 0);
              told(table.nRows);
            },
            (thrown) => {
              failCallback();
              setFailure(asAppError(thrown));
            },
          );
      },
    }),
    [client, dataset, view, told],
  );

  const columnDefs = useMemo<ColDef<GridRow>[]>(
    () => [
      rowNumbers,
      ...dataset.columns.map((column, index) =>
        columnDef(column.name, index, isNumeric(column.type), { marked, select, openMenu: setMenu }),
      ),
    ],
    [dataset, select],
  );

  const facts = useMemo<HeaderFacts>(
    () => ({
      dataset,
      columns: new Map(dataset.columns.map((column) => [column.name, column])),
      profiles: new Map(columns?.map((column) => [column.name, column])),
      selected,
      view,
      menu,
      onSelect,
      onView,
      onMenu: setMenu,
    }),
    [dataset, columns, selected, view, menu, onSelect, onView],
  );

  useEffect(() => {
    marked.current = target;
    const api = grid.current?.api;
    if (api) show(api, dataset, target);
  }, [target, dataset]);

  const nameOf = (id: string | undefined) => dataset.columns[Number(id)]?.name;

  const onCellFocused = ({ column }: CellFocusedEvent<GridRow>) => {
    const name = typeof column === "object" ? nameOf(column?.getColId()) : undefined;
    if (name) onFocus(name);
  };

  const onCellKeyDown = (event: CellKeyDownEvent<GridRow> | FullWidthCellKeyDownEvent<GridRow>) => {
    const press = event.event as KeyboardEvent | null;
    const name = "column" in event ? nameOf(event.column.getColId()) : undefined;
    if (!press || !name) return;
    if (isMenuKey(press)) setMenu(name);
    else if (press.key === "Enter") onSelect(name);
    else return;
    press.preventDefault();
  };

  return (
    <HeaderContext value={facts}>
      <div data-testid="preview-grid" className="relative h-full w-full">
        <AgGridReact<GridRow>
          ref={grid}
          theme={gridTheme}
          rowModelType="infinite"
          datasource={source}
          cacheBlockSize={blockRows}
          maxBlocksInCache={BLOCKS_KEPT}
          infiniteInitialRowCount={Math.min(dataset.nRows, blockRows)}
          columnDefs={columnDefs}
          onCellFocused={onCellFocused}
          onCellKeyDown={onCellKeyDown}
          enableCellTextSelection
          animateRows={false}
          // Scroll bars are thin here, whatever the system has.
          scrollbarWidth={8}
        />
        {nothing && !failure && (
          <div className="pointer-events-none absolute inset-x-0 top-20 text-center text-[0.8125rem] text-ink-3">
            {dataset.nRows === 0 ? "This table has no rows." : "No row passes these filters."}
          </div>
        )}
        {failure && (
          <div className="absolute inset-x-3 top-14">
            <ErrorCard error={failure} title="These rows were not read">
              <Button size="small" onClick={() => grid.current?.api.purgeInfiniteCache()}>
                Try again
              </Button>
            </ErrorCard>
          </div>
        )}
      </div>
    </HeaderContext>
  );
}

/** As in spreadsheets: Alt and the arrow down open what a column can do. */
const isMenuKey = (press: KeyboardEvent) => press.altKey && press.key === "ArrowDown";

function show(api: GridApi<GridRow>, dataset: Dataset, target: FoundCell | null) {
  if (target) {
    const column = dataset.columns.findIndex(({ name }) => name === target.column);
    api.ensureIndexVisible(target.row, "middle");
    if (column >= 0) api.ensureColumnVisible(String(column), "auto");
  }
  api.refreshCells({ force: true });
}

const rowNumbers: ColDef<GridRow> = {
  colId: "row",
  headerName: "#",
  width: 62,
  pinned: "left",
  resizable: false,
  sortable: false,
  suppressMovable: true,
  valueGetter: ({ data, node }) => (data?.position ?? node?.rowIndex ?? 0) + 1,
  cellClass: "text-right text-ink-3 tabular",
};

/** Not a button inside it, which knows what to do itself. */
const isHeaderCell = (target: EventTarget | null) =>
  target instanceof Element && target.getAttribute("role") === "columnheader";

interface ColumnDoings {
  marked: { current: FoundCell | null };
  select: (column: string) => void;
  openMenu: (column: string) => void;
}

function columnDef(
  name: string,
  index: number,
  numeric: boolean,
  { marked, select, openMenu }: ColumnDoings,
): ColDef<GridRow> {
  return {
    colId: String(index),
    headerName: name,
    headerComponent: ColumnHeader,
    sortable: false,
    width: Math.min(220, Math.max(104, name.length * 8 + 60)),
    valueGetter: ({ data }) => data?.cells[index],
    valueFormatter: ({ value }) => rawText(value),
    cellClass: numeric ? "text-right font-mono tabular" : "",
    cellClassRules: {
      "bg-doubt-soft! ring-1 ring-inset ring-doubt-line": ({ rowIndex }: CellClassParams<GridRow>) =>
        marked.current?.row === rowIndex && marked.current.column === name,
    },
    suppressHeaderKeyboardEvent: ({ event }: SuppressHeaderKeyboardEventParams<GridRow>) => {
      if (isMenuKey(event)) openMenu(name);
      else if (event.key === "Enter" && isHeaderCell(event.target)) select(name);
      else return false;
      return true;
    },
  };
}
