import { Download, Table2, X } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useClient, useCommand, useRead } from "@/api/client";
import { asAppError } from "@/api/errors";
import type { Dataset } from "@/api/types";
import { classes, count, EmptyState, ErrorCard, IconButton, plural, Spinner, useToast } from "@/components";
import { ColumnStats } from "./ColumnStats";
import { ReadingNotes } from "./ReadingNotes";

const PreviewGrid = lazy(() => import("./PreviewGrid").then((module) => ({ default: module.PreviewGrid })));

interface InspectorProps {
  /** Those in use, each a tab; the shown one may be another. */
  datasets: Dataset[];
  shown: Dataset | null;
  onShow: (dataset: Dataset) => void;
  onClose: () => void;
}

/** The data itself: rows, columns, and how the file was read. */
export function Inspector({ datasets, shown, onShow, onClose }: InspectorProps) {
  const tabs = shown && !datasets.some((d) => d.id === shown.id) ? [...datasets, shown] : datasets;
  return (
    <div className="flex h-full flex-col bg-surface">
      <header className="flex h-12 shrink-0 items-center gap-1 border-b border-line pr-2 pl-2.5">
        <div role="tablist" aria-label="Datasets" className="flex min-w-0 flex-1 gap-1 overflow-x-auto">
          {tabs.map((dataset) => (
            <button
              key={dataset.id}
              type="button"
              role="tab"
              aria-selected={dataset.id === shown?.id}
              onClick={() => onShow(dataset)}
              className={classes(
                "h-7 max-w-48 shrink-0 truncate rounded-md px-2.5 text-[0.8125rem]",
                dataset.id === shown?.id ? "bg-sunken font-semibold" : "text-ink-2 hover:bg-sunken/60",
              )}
            >
              {dataset.name}
            </button>
          ))}
        </div>
        {shown && <ExportButton dataset={shown} />}
        <IconButton icon={X} label="Close the data pane" onClick={onClose} />
      </header>
      {shown ? (
        <DatasetView key={shown.id} dataset={shown} />
      ) : (
        <EmptyState icon={Table2} title="Your data will be here">
          Every row, each column’s type and what is missing, and how the file was read.
        </EmptyState>
      )}
    </div>
  );
}

function DatasetView({ dataset }: { dataset: Dataset }) {
  const profile = useRead(
    "dataset::profile",
    { datasetId: dataset.id },
    { staleTime: Number.POSITIVE_INFINITY },
  );
  const [selected, setSelected] = useState<string | null>(null);
  const column = profile.data?.columns.find((c) => c.name === selected);
  return (
    <>
      <div className="border-b border-line px-4 py-2.5">
        <p className="readable truncate font-medium">{dataset.fileName}</p>
        <p className="text-xs text-ink-3 tabular">
          {plural(dataset.nRows, "row")} × {plural(dataset.columns.length, "column")}
          {profile.data &&
            ` · ${count(profile.data.columns.reduce((sum, c) => sum + c.nulls, 0))} missing values`}
        </p>
      </div>
      <ReadingNotes dataset={dataset} />
      {profile.error && <ErrorCard error={profile.error} title="No statistics" className="m-3" />}
      <div className="min-h-40 flex-1">
        <Suspense fallback={<Spinner text="Loading rows…" className="p-4" />}>
          <PreviewGrid
            dataset={dataset}
            columns={profile.data?.columns}
            selected={selected}
            onSelect={(name) => setSelected(name === selected ? null : name)}
          />
        </Suspense>
      </div>
      {column ? (
        <ColumnStats column={column} rows={dataset.nRows} onClose={() => setSelected(null)} />
      ) : (
        <p className="border-t border-line px-4 py-1.5 text-xs text-ink-3">
          {profile.isPending ? "Computing statistics…" : "Press a column’s name for its statistics."}
        </p>
      )}
    </>
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
