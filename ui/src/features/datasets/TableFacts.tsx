import type { ReactNode } from "react";
import { useRead } from "@/api/client";
import type { Correlation, Dataset, Profile } from "@/api/types";
import { classes, count, Disclosure, plural, share } from "@/components";

const MOST_CORRELATIONS = 5;
const MOST_KEYS = 3;
const MOST_JOINS = 5;

interface TableFactsProps {
  dataset: Dataset;
  /** The opened ones, among them this. */
  datasets: Dataset[];
  profile: Profile;
}

/** What is known of the table as a whole: rows that repeat, what names a row, what moves together. */
export function TableFacts({ dataset, datasets, profile }: TableFactsProps) {
  const { duplicate_rows: duplicates, keys, correlations, sampled_rows: sampled, rows } = profile;
  return (
    <Disclosure
      className="border-b border-line px-4 py-1.5"
      testId="table-facts"
      label={
        <span className="flex items-center gap-2">
          About this table
          <span className="truncate text-xs text-ink-3">{summary(profile)}</span>
        </span>
      }
    >
      <dl className="readable flex max-h-56 flex-col gap-2 overflow-y-auto pb-2 pl-1 text-xs">
        {sampled !== null && (
          <Fact name="Statistics">
            <span className="text-doubt">
              from a sample of {count(sampled)} of {plural(rows, "row")}
            </span>
          </Fact>
        )}
        {duplicates !== null && (
          <Fact name="Repeated rows">
            <span className={classes(duplicates > 0 && "text-doubt")}>
              {duplicates === 0 ? "none" : `${count(duplicates)} (${share(duplicates, rows)})`}
            </span>
          </Fact>
        )}
        <Fact name="Names a row">
          {keys.length === 0
            ? "no column, nor a few together"
            : keys
                .slice(0, MOST_KEYS)
                .map((key) => key.join(" + "))
                .join(" · ")}
        </Fact>
        {correlations.length > 0 && (
          <Fact name="Move together">
            <ul>
              {correlations.slice(0, MOST_CORRELATIONS).map((pair) => (
                <CorrelationLine key={`${pair.a} ${pair.b}`} pair={pair} />
              ))}
            </ul>
            <span className="text-ink-3">Association, not cause.</span>
          </Fact>
        )}
        <JoinFacts dataset={dataset} others={datasets.filter((other) => other.id !== dataset.id)} />
      </dl>
    </Disclosure>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[7rem_1fr] gap-2">
      <dt className="text-ink-3">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}

/** Columns that seem to name rows of other tables. */
function JoinFacts({ dataset, others }: { dataset: Dataset; others: Dataset[] }) {
  const request = { datasetId: dataset.id, otherIds: others.map((other) => other.id) };
  const read = useRead("dataset::join_candidates", request, { enabled: others.length > 0 });
  const candidates = read.data?.candidates.slice(0, MOST_JOINS) ?? [];
  if (candidates.length === 0) return null;
  return (
    <Fact name="May be joined">
      <ul data-testid="join-candidates">
        {candidates.map(({ column, otherDataset, otherColumn, matchedShare, otherIsKey }) => (
          <li key={`${column} ${otherDataset} ${otherColumn}`}>
            {column} = {otherDataset}.{otherColumn}{" "}
            <span className={otherIsKey ? "text-ink-3" : "text-doubt"}>
              {share(matchedShare, 1)} found
              {!otherIsKey && ", but it repeats there: rows would multiply"}
            </span>
          </li>
        ))}
      </ul>
    </Fact>
  );
}

function CorrelationLine({ pair }: { pair: Correlation }) {
  return (
    <li className="flex justify-between gap-3">
      <span className="min-w-0 truncate">
        {pair.a} and {pair.b}
      </span>
      <span className="shrink-0 tabular">
        r = {pair.r.toFixed(2)} <span className="text-ink-3">n = {count(pair.n)}</span>
      </span>
    </li>
  );
}

function summary({ duplicate_rows: duplicates, keys, correlations }: Profile): string {
  const strongest = correlations[0];
  return [
    duplicates !== null && duplicates > 0 && plural(duplicates, "repeated row"),
    keys[0] && `key: ${keys[0].join(" + ")}`,
    strongest && `${strongest.a} ~ ${strongest.b} ${strongest.r.toFixed(2)}`,
  ]
    .filter(Boolean)
    .join(" · ");
}
