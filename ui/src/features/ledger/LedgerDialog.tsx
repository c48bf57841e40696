import { Download, ShieldCheck } from "lucide-react";
import { useState } from "react";
import { useClient, useCommand, useRead } from "@/api/client";
import { asAppError } from "@/api/errors";
import type { LedgerEntry } from "@/api/types";
import { Button, Dialog, EmptyState, ErrorCard, plural, Select, Spinner, useToast } from "@/components";
import { EntryLine } from "./EntryLine";
import { Totals } from "./Totals";

const PAGE = 50;

interface LedgerDialogProps {
  open: boolean;
  onClose: () => void;
  modelName: (id: string) => string;
}

/** Every request that left this computer, with its exact bytes, and whether the record is untouched. */
export function LedgerDialog({ open, onClose, modelName }: LedgerDialogProps) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="What left this computer"
      description="Each request is written down, byte for byte, before it is sent. Your files are never in it."
      width="w-208"
    >
      {open && <Ledger modelName={modelName} />}
    </Dialog>
  );
}

function Ledger({ modelName }: Pick<LedgerDialogProps, "modelName">) {
  const [dataset, setDataset] = useState("");
  const totals = useRead("ledger::totals", {}, { staleTime: 0 });
  const names = totals.data?.datasets.map((d) => d.dataset) ?? [];
  return (
    <div className="flex flex-col gap-4" data-testid="ledger">
      <Checking />
      {totals.error && <ErrorCard error={totals.error} />}
      {totals.data && <Totals totals={totals.data} />}
      <section aria-label="Requests">
        <header className="mb-1.5 flex items-center gap-3">
          <h3 className="text-[0.8125rem] font-medium">Requests</h3>
          {names.length > 1 && (
            <span className="ml-auto w-56">
              <Select
                aria-label="Of which dataset"
                data-testid="ledger-dataset"
                value={dataset}
                onChange={(event) => setDataset(event.target.value)}
              >
                <option value="">All</option>
                {names.map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </Select>
            </span>
          )}
        </header>
        <Entries key={dataset} dataset={dataset} modelName={modelName} />
      </section>
    </div>
  );
}

function Entries({ dataset, modelName }: { dataset: string; modelName: (id: string) => string }) {
  const client = useClient();
  const of = dataset ? { dataset } : {};
  const first = useRead("ledger::list", { ...of, limit: PAGE }, { staleTime: 0 });
  const [older, setOlder] = useState<LedgerEntry[]>([]);
  const [atEnd, setAtEnd] = useState(false);
  const toast = useToast();
  if (first.error) return <ErrorCard error={first.error} title="The record could not be read" />;
  if (!first.data) return <Spinner text="Reading the record…" />;
  const known = first.data.entries;
  const lowest = known[known.length - 1]?.seq ?? 0;
  const entries = [...known, ...older.filter((entry) => entry.seq < lowest)];

  const more = async () => {
    try {
      const before = entries[entries.length - 1]?.seq;
      const page = await client.call("ledger::list", { ...of, before, limit: PAGE });
      setOlder((list) => [...list, ...page.entries]);
      setAtEnd(page.entries.length < PAGE);
    } catch (thrown) {
      toast(asAppError(thrown).message);
    }
  };

  if (entries.length === 0) {
    return (
      <EmptyState icon={ShieldCheck} title="Nothing has left this computer">
        Requests to a model that is not on this machine will be listed here.
      </EmptyState>
    );
  }
  return (
    <>
      <ul className="overflow-hidden rounded-card border border-line">
        {entries.map((entry) => (
          <EntryLine key={entry.seq} entry={entry} model={modelName(entry.model)} />
        ))}
      </ul>
      {known.length === PAGE && !atEnd && (
        <Button size="small" kind="quiet" className="mt-2" onClick={() => void more()}>
          Earlier requests
        </Button>
      )}
    </>
  );
}

/** Checks that no entry was changed or taken away, and writes the record to a file. */
function Checking() {
  const { host } = useClient();
  const verify = useCommand("ledger::verify");
  const exporting = useCommand("ledger::export");
  const toast = useToast();
  const save = async () => {
    try {
      const path = await host.saveFile("what-left-this-computer.jsonl");
      if (!path) return;
      const written = await exporting.mutateAsync({ path });
      toast(`Saved ${plural(written.entries, "request")} to ${written.path}`);
    } catch (thrown) {
      toast(`Not saved: ${asAppError(thrown).message}`);
    }
  };
  const broken = verify.data?.broken;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <Button
          size="small"
          icon={ShieldCheck}
          data-testid="ledger-verify"
          disabled={verify.isPending}
          onClick={() => verify.mutate({})}
        >
          {verify.isPending ? "Checking…" : "Check that nothing was changed"}
        </Button>
        <Button size="small" icon={Download} data-testid="ledger-export" onClick={() => void save()}>
          Export…
        </Button>
        {verify.data && !broken && (
          <span role="status" data-testid="ledger-verified" className="text-xs text-accent">
            All {plural(verify.data.entries, "entry", "entries")} are as they were written.
          </span>
        )}
      </div>
      {broken && (
        <ErrorCard
          title={`The record is not as it was written, from entry ${broken.seq} on`}
          error={{ message: broken.reason, hint: "Entries before it can be trusted." }}
        />
      )}
      {verify.error && <ErrorCard error={verify.error} title="Not checked" />}
    </div>
  );
}
