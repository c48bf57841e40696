import { useEffect, useState } from "react";
import { useRead } from "@/api/client";
import type { Dataset } from "@/api/types";
import { classes, count, ErrorCard, plural } from "@/components";
import { ReadingNotes } from "./ReadingNotes";
import { RereadDialog } from "./RereadDialog";
import { RowsTab } from "./RowsTab";
import { EVERYTHING, type RowsView } from "./rowsView";
import { SqlTab } from "./SqlTab";
import { TableFacts } from "./TableFacts";
import type { SqlDesk } from "./useSqlDesk";

/** What a key or the palette wants of the data pane; a new object is a new wish. */
export interface DataWish {
  what: "find" | "sql" | "rows" | "reread";
}

/** A dataset does not change; read differently, it is another one. */
const KEPT = { staleTime: Number.POSITIVE_INFINITY };

interface DatasetViewProps {
  dataset: Dataset;
  /** All that statements may speak of. */
  datasets: Dataset[];
  sql: SqlDesk;
  wish: DataWish | null;
  onWishDone: () => void;
  onReread: (before: Dataset, datasets: Dataset[]) => void;
}

/** One dataset: how it was read, what it is like, its rows, and statements about it. */
export function DatasetView({ dataset, datasets, sql, wish, onWishDone, onReread }: DatasetViewProps) {
  // What the first rows say is there at once; what all rows say takes its place.
  const quick = useRead("dataset::profile", { datasetId: dataset.id, quick: true }, KEPT);
  const full = useRead("dataset::profile", { datasetId: dataset.id }, KEPT);
  const profile = full.data ?? quick.data;
  const [view, setView] = useState<RowsView>(EVERYTHING);
  const [finding, setFinding] = useState(0);
  const [rereading, setRereading] = useState(false);
  const { tab, setTab } = sql;

  useEffect(() => {
    if (!wish) return;
    if (wish.what === "reread") setRereading(true);
    else setTab(wish.what === "sql" ? "sql" : "rows");
    if (wish.what === "find") setFinding((times) => times + 1);
    onWishDone();
  }, [wish, onWishDone, setTab]);

  return (
    <>
      <div className="flex items-center gap-3 border-b border-line px-4 py-2">
        <div className="min-w-0 flex-1">
          <p className="readable truncate font-medium">{dataset.fileName}</p>
          <p className="truncate text-xs text-ink-3 tabular">
            {plural(dataset.nRows, "row")} × {plural(dataset.columns.length, "column")}
            {profile && ` · ${count(profile.columns.reduce((sum, c) => sum + c.nulls, 0))} missing values`}
            {profile?.sampled_rows != null && ` in ${plural(profile.sampled_rows, "sampled row")}`}
          </p>
        </div>
        <div
          role="tablist"
          aria-label="Rows or SQL"
          className="flex shrink-0 gap-0.5 rounded-lg bg-sunken p-0.5"
        >
          <TabButton id="rows" now={tab} onChoose={setTab} name="Rows" />
          <TabButton id="sql" now={tab} onChoose={setTab} name="SQL" />
        </div>
      </div>
      {tab === "sql" ? (
        <SqlTab dataset={dataset} datasets={datasets} desk={sql} />
      ) : (
        <>
          <ReadingNotes dataset={dataset} onReread={() => setRereading(true)} />
          {profile && <TableFacts dataset={dataset} datasets={datasets} profile={profile} />}
          {full.error && <ErrorCard error={full.error} title="No statistics" className="m-3" />}
          <RowsTab
            dataset={dataset}
            profile={profile}
            profileError={full.error}
            view={view}
            onView={setView}
            finding={finding}
            onFind={() => setFinding(1)}
            onFindClose={() => setFinding(0)}
          />
        </>
      )}
      <RereadDialog
        dataset={dataset}
        open={rereading}
        onClose={() => setRereading(false)}
        onReread={onReread}
      />
    </>
  );
}

interface TabButtonProps {
  id: SqlDesk["tab"];
  now: SqlDesk["tab"];
  name: string;
  onChoose: (tab: SqlDesk["tab"]) => void;
}

function TabButton({ id, now, name, onChoose }: TabButtonProps) {
  return (
    <button
      type="button"
      role="tab"
      data-testid={`tab-${id}`}
      aria-selected={id === now}
      onClick={() => onChoose(id)}
      className={classes(
        "h-6 rounded-md px-2.5 text-xs",
        id === now ? "bg-surface font-medium shadow-card" : "text-ink-2 hover:text-ink",
      )}
    >
      {name}
    </button>
  );
}
