import { TriangleAlert } from "lucide-react";
import type { Dataset, DataWarning, Format } from "@/api/types";
import { Disclosure, plural } from "@/components";

const MOST_ROWS = 6;

const KINDS: Record<string, string> = {
  csv: "Delimited text",
  excel: "Excel workbook",
  json: "JSON",
  ndjson: "JSON lines",
  parquet: "Parquet",
  arrow: "Arrow",
};
const DELIMITERS: Record<string, string> = {
  ",": "comma",
  ";": "semicolon",
  "\t": "tab",
  "|": "pipe",
  " ": "space",
};
const DATE_ORDERS: Record<string, string> = {
  dmy: "day, month, year",
  mdy: "month, day, year",
  ymd: "year, month, day",
};

/** How the file was read, and what to know before trusting its numbers. */
export function ReadingNotes({ dataset }: { dataset: Dataset }) {
  const facts = readingFacts(dataset.format);
  const { warnings } = dataset;
  return (
    <Disclosure
      key={dataset.id}
      openAtFirst={warnings.length > 0}
      className="border-b border-line px-4 py-1.5"
      label={
        <span className="flex items-center gap-2">
          How we read it
          {warnings.length > 0 && (
            <span className="flex items-center gap-1 rounded-full bg-doubt-soft px-1.5 text-2xs font-medium text-doubt">
              <TriangleAlert className="size-2.5" aria-hidden />
              {plural(warnings.length, "note")}
            </span>
          )}
          <span className="truncate text-xs text-ink-3">
            {facts
              .map(([, value]) => value)
              .slice(0, 3)
              .join(" · ")}
          </span>
        </span>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrolled by keys too */}
      <div className="max-h-56 overflow-y-auto pb-2" tabIndex={0}>
        {warnings.map((warning) => (
          <Warning key={warning.code + warning.message} warning={warning} />
        ))}
        <dl className="mt-2 grid grid-cols-2 gap-x-5 gap-y-0.5 pl-1 text-xs">
          {facts.map(([name, value]) => (
            <div key={name} className="flex gap-2">
              <dt className="shrink-0 text-ink-3">{name}</dt>
              <dd className="readable truncate" title={value}>
                {value}
              </dd>
            </div>
          ))}
          <div className="col-span-2 flex gap-2">
            <dt className="text-ink-3">File</dt>
            <dd className="readable break-all">{dataset.path}</dd>
          </div>
        </dl>
      </div>
    </Disclosure>
  );
}

function Warning({ warning }: { warning: DataWarning }) {
  const rows = warning.rows.slice(0, MOST_ROWS);
  return (
    <div className="mt-1.5 rounded-lg border border-doubt-line/60 bg-doubt-soft px-3 py-2 text-xs">
      <p className="readable">{warning.message}</p>
      {(warning.columns.length > 0 || rows.length > 0) && (
        <p className="readable mt-0.5 text-ink-3">
          {warning.columns.length > 0 && `Columns: ${warning.columns.join(", ")}`}
          {warning.columns.length > 0 && rows.length > 0 && " · "}
          {rows.length > 0 && `Lines: ${rows.join(", ")}${warning.rows.length > MOST_ROWS ? "…" : ""}`}
        </p>
      )}
    </div>
  );
}

export function readingFacts(format: Format): [string, string][] {
  const facts: [string, string | null | undefined | false][] = [
    ["Format", KINDS[format.kind] ?? format.kind],
    ["Sheet", format.sheet],
    ["Delimiter", format.delimiter && (DELIMITERS[format.delimiter] ?? format.delimiter)],
    ["Encoding", format.encoding],
    ["Header", format.header_row ? `row ${format.header_row}` : format.kind === "csv" && "none"],
    ["Decimal mark", format.decimal],
    ["Thousands mark", format.thousands],
    ["Dates", format.date_order && DATE_ORDERS[format.date_order]],
    ["Total rows left out", format.total_rows ? String(format.total_rows) : null],
  ];
  return facts.filter((fact): fact is [string, string] => Boolean(fact[1]));
}
