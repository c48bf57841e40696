import { lazy, Suspense, useCallback, useState } from "react";
import type { AppError, Bin, Dataset, FoundCell, Profile } from "@/api/types";
import { Spinner } from "@/components";
import { ColumnStats } from "./ColumnStats";
import { RowsBar } from "./RowsBar";
import { filteredBy, ofBin, type RowsView } from "./rowsView";
import { SelectionLine } from "./SelectionLine";

const PreviewGrid = lazy(() => import("./PreviewGrid").then((module) => ({ default: module.PreviewGrid })));

interface RowsTabProps {
  dataset: Dataset;
  profile: Profile | undefined;
  profileError: AppError | null;
  view: RowsView;
  finding: number;
  onView: (view: RowsView) => void;
  onFind: () => void;
  onFindClose: () => void;
}

/** The rows, what of them is looked at, and what the looked-at column comes to. */
export function RowsTab(props: RowsTabProps) {
  const { dataset, profile, profileError, view, finding, onView, onFind, onFindClose } = props;
  const [passing, setPassing] = useState<number | null>(null);
  const [target, setTarget] = useState<FoundCell | null>(null);
  /** The column whose statistics are open. */
  const [selected, setSelected] = useState<string | null>(null);
  /** The column that the keys, or the last press, are at. */
  const [looked, setLooked] = useState<string | null>(null);
  const stats = profile?.columns.find((c) => c.name === selected);

  const select = useCallback((name: string) => {
    setSelected((before) => (before === name ? null : name));
    setLooked(name);
  }, []);

  const showBin = (column: string, bin: Bin, isLast: boolean) =>
    onView(filteredBy(view, ...ofBin(column, bin, isLast)));

  return (
    <>
      <RowsBar
        dataset={dataset}
        view={view}
        passing={passing}
        finding={finding}
        onChange={onView}
        onFind={onFind}
        onFindClose={onFindClose}
        onShow={setTarget}
      />
      <div className="min-h-32 flex-1">
        <Suspense fallback={<Spinner text="Loading rows…" className="p-4" />}>
          <PreviewGrid
            dataset={dataset}
            columns={profile?.columns}
            view={view}
            selected={selected}
            target={target}
            onSelect={select}
            onView={onView}
            onFocus={setLooked}
            onPassing={setPassing}
          />
        </Suspense>
      </div>
      {stats && profile && (
        <ColumnStats
          column={stats}
          profile={profile}
          onBin={(bin, isLast) => showBin(stats.name, bin, isLast)}
          onClose={() => setSelected(null)}
        />
      )}
      <SelectionLine
        dataset={dataset}
        column={dataset.columns.find((c) => c.name === looked) ?? null}
        view={view}
      >
        {profile || profileError ? "Press a column’s name for its statistics." : "Computing statistics…"}
      </SelectionLine>
    </>
  );
}
