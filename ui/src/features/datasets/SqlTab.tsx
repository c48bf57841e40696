import { Download, ListTree, Play } from "lucide-react";
import { Suspense, useMemo, useRef, useState } from "react";
import { useClient, useCommand } from "@/api/client";
import { asAppError } from "@/api/errors";
import type { AppError, Dataset, Response } from "@/api/types";
import { Button, EmptyState, ErrorCard, Kbd, plural, Spinner, useToast } from "@/components";
import { CodeEditor } from "@/components/code";
import { SqlResult } from "./SqlResult";
import { type SqlDesk, tablesOf } from "./useSqlDesk";

const PAGE_ROWS = 200;

interface SqlTabProps {
  dataset: Dataset;
  datasets: Dataset[];
  desk: SqlDesk;
}

interface Asked {
  sql: string;
  datasetIds: string[];
}

type Shown =
  | { kind: "result"; asked: Asked; offset: number; result: Response<"dataset::query"> }
  | { kind: "plan"; plan: string }
  | { kind: "error"; error: AppError };

/** One SELECT over the opened datasets, its result, and what it does to the rows. */
export function SqlTab({ dataset, datasets, desk }: SqlTabProps) {
  const client = useClient();
  const code = desk.code ?? `SELECT *\nFROM ${dataset.name}`;
  const [shown, setShown] = useState<Shown | null>(null);
  const [busy, setBusy] = useState(false);
  const latest = useRef(0);
  // Another list of the same names must not set the editor up anew.
  const names = JSON.stringify(
    Object.fromEntries(datasets.map(({ name, columns }) => [name, columns.map((c) => c.name)])),
  );
  const tables = useMemo<Record<string, string[]>>(() => JSON.parse(names), [names]);

  /** Shows what comes of some work, unless something newer was begun meanwhile. */
  const work = async (run: () => Promise<Shown>) => {
    const mine = ++latest.current;
    setBusy(true);
    const outcome = await run().catch((thrown): Shown => ({ kind: "error", error: asAppError(thrown) }));
    if (mine !== latest.current) return;
    setShown(outcome);
    setBusy(false);
  };

  const query = (asked: Asked, offset: number) =>
    work(async () => ({
      kind: "result",
      asked,
      offset,
      result: await client.call("dataset::query", { ...asked, limit: PAGE_ROWS, offset }),
    }));

  const run = (sql: string) => void query({ sql, datasetIds: tablesOf(sql, datasets) }, 0);

  const explain = () =>
    void work(async () => {
      const { plan } = await client.call("dataset::explain", {
        sql: code,
        datasetIds: tablesOf(code, datasets),
      });
      return { kind: "plan", plan };
    });

  return (
    <div className="flex min-h-0 flex-1 flex-col" data-testid="sql-tab">
      <div className="max-h-56 shrink-0 overflow-y-auto border-b border-line">
        <Suspense fallback={<Spinner text="Loading the editor…" className="p-4" />}>
          <CodeEditor
            code={code}
            language="sql"
            label="SQL"
            tables={tables}
            onChange={desk.setCode}
            onRun={run}
          />
        </Suspense>
      </div>
      <div className="flex items-center gap-2 border-b border-line px-3 py-1.5">
        <Button
          size="small"
          kind="primary"
          icon={Play}
          data-testid="sql-run"
          disabled={busy}
          onClick={() => run(code)}
        >
          Run
        </Button>
        <Kbd keys="Mod+Enter" />
        <Button size="small" kind="quiet" icon={ListTree} data-testid="sql-explain" onClick={explain}>
          Explain
        </Button>
        {busy && <Spinner text="Running…" />}
        <span className="ml-auto" />
        {shown?.kind === "result" && <ExportResult {...shown.asked} />}
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto">
        {shown === null && !busy && <Invitation datasets={datasets} />}
        {shown?.kind === "error" && (
          <ErrorCard error={shown.error} title="The statement was not run" className="m-3" />
        )}
        {shown?.kind === "plan" && (
          <pre
            data-testid="sql-plan"
            className="readable m-3 overflow-x-auto rounded-lg bg-sunken p-3 font-mono text-xs"
          >
            {shown.plan}
          </pre>
        )}
        {shown?.kind === "result" && (
          <SqlResult
            result={shown.result}
            offset={shown.offset}
            pageRows={PAGE_ROWS}
            busy={busy}
            onPage={(offset) => void query(shown.asked, offset)}
          />
        )}
      </div>
    </div>
  );
}

function Invitation({ datasets }: { datasets: Dataset[] }) {
  return (
    <EmptyState icon={ListTree} title="One SELECT, run on this computer">
      Tables: {datasets.map(({ name }) => name).join(", ")}. Joins across files work, and are checked for rows
      they multiply.
    </EmptyState>
  );
}

function ExportResult({ sql, datasetIds }: Asked) {
  const { host } = useClient();
  const exporting = useCommand("dataset::export_query");
  const toast = useToast();
  const save = async () => {
    try {
      const path = await host.saveFile("result.csv");
      if (!path) return;
      const written = await exporting.mutateAsync({ sql, datasetIds, path });
      toast(`Saved ${plural(written.nRows, "row")} to ${written.path}`);
    } catch (thrown) {
      toast(`Not saved: ${asAppError(thrown).message}`);
    }
  };
  return (
    <Button
      size="small"
      icon={Download}
      data-testid="sql-export"
      disabled={exporting.isPending}
      onClick={() => void save()}
    >
      {exporting.isPending ? "Saving…" : "Export…"}
    </Button>
  );
}
