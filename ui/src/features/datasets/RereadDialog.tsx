import { useEffect, useState } from "react";
import { useCommand, useRead } from "@/api/client";
import type { Column, ColumnType, Dataset, ReadOptions, Response } from "@/api/types";
import { Button, count, Dialog, ErrorCard, PlainTable, plural, Spinner } from "@/components";
import { COLUMN_TYPES } from "./columnTypes";
import { RereadControls } from "./RereadControls";
import { saidOf, samePart, withOption } from "./reading";
import { Warnings } from "./Warnings";

const TYPING_MS = 250;
const TYPES = Object.keys(COLUMN_TYPES) as ColumnType[];

interface RereadDialogProps {
  dataset: Dataset;
  open: boolean;
  onClose: () => void;
  onReread: (before: Dataset, datasets: Dataset[]) => void;
}

/** Has a file read differently, with its first rows shown as they would be. */
export function RereadDialog({ dataset, open, onClose, onReread }: RereadDialogProps) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Read it differently"
      description={`${dataset.fileName}. What you do not say is found out from the file, which stays as it is.`}
      width="w-224"
    >
      {open && <Content dataset={dataset} onClose={onClose} onReread={onReread} />}
    </Dialog>
  );
}

function Content({ dataset, onClose, onReread }: Omit<RereadDialogProps, "open">) {
  const byItself = useRead("file::peek", { path: dataset.path, options: samePart(dataset.format, {}) });
  if (byItself.error) {
    return (
      <ErrorCard error={byItself.error} title="The file could not be looked at">
        <Button size="small" onClick={() => void byItself.refetch()}>
          Try again
        </Button>
      </ErrorCard>
    );
  }
  if (!byItself.data) return <Spinner text="Looking at the file…" />;
  return (
    <Choosing
      dataset={dataset}
      said={saidOf(dataset.format, byItself.data.format)}
      first={byItself.data}
      onClose={onClose}
      onReread={onReread}
    />
  );
}

interface ChoosingProps extends Omit<RereadDialogProps, "open"> {
  /** What was said of the file before. */
  said: ReadOptions;
  first: Response<"file::peek">;
}

function Choosing({ dataset, said, first, onClose, onReread }: ChoosingProps) {
  const [options, setOptions] = useState(said);
  const settled = useSettled(options);
  const peek = useRead(
    "file::peek",
    { path: dataset.path, options: samePart(dataset.format, settled) },
    { keepPrevious: true },
  );
  const reopen = useCommand("dataset::reopen");
  const shown = peek.data ?? first;
  const waiting = settled !== options || peek.isFetching;

  const apply = () =>
    reopen.mutate(
      { datasetId: dataset.id, options },
      {
        onSuccess: ({ datasets }) => {
          onReread(dataset, datasets);
          onClose();
        },
      },
    );

  const setType = (column: string, type: ColumnType | undefined) => {
    const { [column]: _, ...others } = options.types ?? {};
    const types = type ? { ...others, [column]: type } : others;
    setOptions(withOption(options, "types", Object.keys(types).length > 0 ? types : undefined));
  };

  return (
    <div className="flex flex-col gap-4" data-testid="reread-dialog">
      <RereadControls dataset={dataset} format={shown.format} options={options} onChange={setOptions} />
      {peek.error ? (
        <ErrorCard error={peek.error} title="It cannot be read like this" />
      ) : (
        <section aria-label="Preview">
          <p
            className="readable mb-1.5 text-xs text-ink-2"
            data-testid="reread-explanation"
            aria-live="polite"
          >
            {shown.explanation}
          </p>
          <div className={waiting ? "opacity-60" : undefined} aria-busy={waiting}>
            <PlainTable
              className="max-h-64 rounded-lg border border-line"
              label="First rows"
              table={shown.table}
              underName={(column) => (
                <TypeSelect
                  column={column}
                  chosen={options.types?.[column.name]}
                  onChange={(type) => setType(column.name, type)}
                />
              )}
            />
          </div>
          <p className="mt-1 text-xs text-ink-3 tabular">
            First {plural(shown.table.rows.length, "row")}
            {shown.estimatedRows !== null && !shown.isComplete && ` of about ${count(shown.estimatedRows)}`}
          </p>
          <Warnings warnings={shown.warnings} />
        </section>
      )}
      {reopen.error && (
        <ErrorCard error={reopen.error} title="Nothing was changed: it could not be read like this" />
      )}
      <div className="sticky -bottom-4 -mx-5 -mb-4 flex items-center justify-end gap-2 border-t border-line bg-surface px-5 py-3">
        {reopen.isPending && <Spinner text="Reading…" className="mr-auto" />}
        <Button
          kind="quiet"
          disabled={reopen.isPending || Object.keys(options).length === 0}
          onClick={() => setOptions({})}
        >
          As the file says
        </Button>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          kind="primary"
          data-testid="reread-apply"
          disabled={reopen.isPending || waiting || peek.error !== null}
          onClick={apply}
        >
          Read it like this
        </Button>
      </div>
    </div>
  );
}

interface TypeSelectProps {
  column: Column;
  chosen: ColumnType | undefined;
  onChange: (type: ColumnType | undefined) => void;
}

function TypeSelect({ column, chosen, onChange }: TypeSelectProps) {
  return (
    <select
      aria-label={`Type of ${column.name}`}
      data-testid="reread-type"
      value={chosen ?? ""}
      onChange={(event) => onChange((event.target.value || undefined) as ColumnType | undefined)}
      className={`mt-0.5 block w-full rounded border border-line bg-surface px-1 py-0.5 text-2xs font-normal ${chosen ? "text-accent" : "text-ink-3"}`}
    >
      <option value="">{chosen ? "as the file says" : COLUMN_TYPES[column.type].name}</option>
      {TYPES.map((type) => (
        <option key={type} value={type}>
          {COLUMN_TYPES[type].name}
        </option>
      ))}
    </select>
  );
}

/** A value once it has not changed for a moment. */
function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), TYPING_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
