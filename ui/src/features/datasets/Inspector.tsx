import { Download, Table2, X } from "lucide-react";
import { useEffect, useState } from "react";
import { useClient, useCommand } from "@/api/client";
import { asAppError } from "@/api/errors";
import type { Dataset } from "@/api/types";
import { classes, EmptyState, IconButton, plural, useToast } from "@/components";
import { DatasetView, type DataWish } from "./DatasetView";
import { ProvisionalView } from "./ProvisionalView";
import type { PendingOpening } from "./useOpening";
import type { SqlDesk } from "./useSqlDesk";

interface InspectorProps {
  /** Those in use, each a tab; the shown one may be another. */
  datasets: Dataset[];
  /** Every opened one: what a statement may speak of. */
  all: Dataset[];
  /** Files being read. */
  pending: PendingOpening[];
  shown: Dataset | null;
  sql: SqlDesk;
  wish: DataWish | null;
  onWishDone: () => void;
  onShow: (dataset: Dataset) => void;
  onReread: (before: Dataset, datasets: Dataset[]) => void;
  onClose: () => void;
}

/** The data itself: rows, columns, and how the file was read. */
export function Inspector(props: InspectorProps) {
  const { datasets, all, pending, shown, sql, wish, onWishDone, onShow, onReread, onClose } = props;
  const tabs = shown && !datasets.some((d) => d.id === shown.id) ? [...datasets, shown] : datasets;
  const files = pending.filter((p) => p.path !== null);
  const newest = files[files.length - 1]?.taskId ?? null;
  const shownId = shown?.id;
  const [watched, setWatched] = useState<string | null>(newest);
  // What was begun last is looked at, until something else is chosen.
  useEffect(() => setWatched(newest), [newest]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another dataset was chosen, here or elsewhere
  useEffect(() => () => setWatched(null), [shownId]);
  const reading = files.find((p) => p.taskId === watched) ?? null;

  return (
    <div className="flex h-full flex-col bg-surface">
      <header className="flex h-12 shrink-0 items-center gap-1 border-b border-line pr-2 pl-2.5">
        <div role="tablist" aria-label="Datasets" className="flex min-w-0 flex-1 gap-1 overflow-x-auto">
          {tabs.map((dataset) => (
            <Tab
              key={dataset.id}
              name={dataset.name}
              selected={!reading && dataset.id === shown?.id}
              onChoose={() => {
                setWatched(null);
                onShow(dataset);
              }}
            />
          ))}
          {files.map((file) => (
            <Tab
              key={file.taskId}
              name={`${file.name}…`}
              selected={file.taskId === reading?.taskId}
              onChoose={() => setWatched(file.taskId)}
            />
          ))}
        </div>
        {shown && !reading && <ExportButton dataset={shown} />}
        <IconButton icon={X} label="Close the data pane" onClick={onClose} />
      </header>
      {reading ? (
        <ProvisionalView key={reading.taskId} pending={reading} />
      ) : shown ? (
        <DatasetView
          key={`${shown.id} ${shown.fingerprint}`}
          dataset={shown}
          datasets={all}
          sql={sql}
          wish={wish}
          onWishDone={onWishDone}
          onReread={onReread}
        />
      ) : (
        <EmptyState icon={Table2} title="Your data will be here">
          Every row, each column’s type and what is missing, and how the file was read.
        </EmptyState>
      )}
    </div>
  );
}

function Tab({ name, selected, onChoose }: { name: string; selected: boolean; onChoose: () => void }) {
  return (
    <button
      type="button"
      role="tab"
      aria-selected={selected}
      onClick={onChoose}
      className={classes(
        "h-7 max-w-48 shrink-0 truncate rounded-md px-2.5 text-[0.8125rem]",
        selected ? "bg-sunken font-semibold" : "text-ink-2 hover:bg-sunken/60",
      )}
    >
      {name}
    </button>
  );
}

function ExportButton({ dataset }: { dataset: Dataset }) {
  const { host } = useClient();
  const exporting = useCommand("dataset::export");
  const toast = useToast();
  const save = async () => {
    try {
      const path = await host.saveFile(`${dataset.name}.csv`);
      if (!path) return;
      const written = await exporting.mutateAsync({ datasetId: dataset.id, path });
      toast(`Saved ${plural(written.nRows, "row")} to ${written.path}`);
    } catch (thrown) {
      toast(`Not saved: ${asAppError(thrown).message}`);
    }
  };
  return <IconButton icon={Download} label="Export… (csv, xlsx, parquet, …)" onClick={() => void save()} />;
}
