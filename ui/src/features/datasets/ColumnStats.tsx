import { X } from "lucide-react";
import type { Bin, ColumnProfile, Profile, Quantiles } from "@/api/types";
import { cellText, count, Histogram, IconButton, measure, plural, share } from "@/components";
import { COLUMN_TYPES, isNumeric } from "./columnTypes";

const MOST_VALUES = 8;

interface ColumnStatsProps {
  column: ColumnProfile;
  profile: Profile;
  /** Only the rows of this bar. */
  onBin: (bin: Bin, isLast: boolean) => void;
  onClose: () => void;
}

/** What is known of one column. */
export function ColumnStats({ column, profile, onBin, onClose }: ColumnStatsProps) {
  const { rows, sampled_rows: sampled } = profile;
  const { icon: Icon, name } = COLUMN_TYPES[column.type];
  return (
    <section
      aria-label={`Column ${column.name}`}
      data-testid="column-stats"
      className="border-t border-line bg-raised"
    >
      <header className="flex items-center gap-2 px-4 pt-2.5">
        <Icon className="size-3.5 text-accent" aria-hidden />
        <h3 className="readable truncate font-semibold">{column.name}</h3>
        <span className="text-xs text-ink-3">{name}</span>
        {sampled !== null && (
          <span className="truncate text-xs text-doubt">from a sample of {plural(sampled, "row")}</span>
        )}
        <IconButton icon={X} label="Close" className="ml-auto" onClick={onClose} />
      </header>
      <div className="max-h-[min(18rem,19vh)] overflow-y-auto px-4 pt-1 pb-4">
        <dl className="grid grid-cols-4 gap-x-3 gap-y-2">
          {facts(column, rows).map(([label, value]) => (
            <div key={label} className="min-w-0">
              <dt className="text-2xs text-ink-3">{label}</dt>
              <dd className="readable truncate text-[0.8125rem] tabular" title={value}>
                {value}
              </dd>
            </div>
          ))}
        </dl>
        {column.histogram.length > 1 && <Distribution column={column} onBin={onBin} />}
        {column.quantiles && <QuantileStrip column={column} quantiles={column.quantiles} />}
        {column.top.length > 0 && !(isNumeric(column.type) && column.distinct > 50) && (
          <TopValues column={column} rows={rows} />
        )}
        {column.gaps && column.gaps.missing > 0 && (
          <p className="readable mt-3 text-xs" data-testid="date-gaps">
            <span className="text-doubt">{plural(column.gaps.missing, column.gaps.step)} without a row</span>
            <span className="text-ink-3">
              {" "}
              between the first and the last: {column.gaps.first.join(", ")}
              {column.gaps.missing > column.gaps.first.length && ", …"}
            </span>
          </p>
        )}
      </div>
    </section>
  );
}

function facts(column: ColumnProfile, rows: number): [string, string][] {
  const isText = column.type === "text" || column.type === "categorical";
  const all: [string, string | null][] = [
    ["Missing", `${count(column.nulls)} (${share(column.nulls, rows)})`],
    ["Distinct", `${column.distinct_is_estimate ? "≈ " : ""}${count(column.distinct)}`],
    ["Shortest", column.lengths && characters(column.lengths.min)],
    ["Longest", column.lengths && characters(column.lengths.max)],
    ["Mean length", column.lengths && measure(Math.round(column.lengths.mean * 10) / 10)],
    ["Min", isText || column.min === null ? null : cellText(column.min)],
    ["Max", isText || column.max === null ? null : cellText(column.max)],
    ["Mean", column.mean === null ? null : measure(column.mean)],
    ["Median", column.quantiles && measure(column.quantiles.p50)],
    ["Std. dev.", column.std === null ? null : measure(column.std)],
  ];
  return all.filter((fact): fact is [string, string] => fact[1] !== null);
}

const characters = (n: number) => plural(n, "character");

/** How the values spread; a bar can be pressed to see its rows. */
function Distribution({ column, onBin }: { column: ColumnProfile; onBin: ColumnStatsProps["onBin"] }) {
  const { histogram } = column;
  const last = histogram.length - 1;
  return (
    <div className="mt-3">
      <Histogram
        label={`Distribution of ${column.name}`}
        action="Show these rows"
        bars={histogram.map((bin) => ({
          range: `${cellText(bin.from)} – ${cellText(bin.to)}`,
          count: bin.count,
        }))}
        onBar={(index) => {
          const bin = histogram[index];
          if (bin) onBin(bin, index === last);
        }}
      />
      {!column.quantiles && (
        <p className="flex justify-between text-2xs text-ink-3 tabular">
          <span>{cellText(histogram[0]?.from)}</span>
          <span>{cellText(histogram[last]?.to)}</span>
        </p>
      )}
    </div>
  );
}

/** Where the middle half, and the middle nine tenths, of the values lie between the ends. */
function QuantileStrip({ column, quantiles }: { column: ColumnProfile; quantiles: Quantiles }) {
  const min = Number(column.min);
  const max = Number(column.max);
  if (!(max > min)) return null;
  const at = (value: number) => ((value - min) / (max - min)) * 100;
  const { p05, p25, p50, p75, p95 } = quantiles;
  return (
    <figure className="mt-3" aria-label={`Quartiles: ${measure(p25)}, ${measure(p50)}, ${measure(p75)}`}>
      <svg viewBox="0 0 100 8" preserveAspectRatio="none" className="h-4 w-full" aria-hidden>
        <line
          x1="0"
          x2="100"
          y1="4"
          y2="4"
          stroke="var(--line-strong)"
          strokeWidth="1"
          vectorEffect="non-scaling-stroke"
        />
        <rect
          x={at(p05)}
          width={Math.max(0.5, at(p95) - at(p05))}
          y="3"
          height="2"
          fill="var(--accent-line)"
        />
        <rect
          x={at(p25)}
          width={Math.max(0.5, at(p75) - at(p25))}
          y="1"
          height="6"
          fill="var(--accent)"
          opacity="0.75"
        />
        <line
          x1={at(p50)}
          x2={at(p50)}
          y1="0"
          y2="8"
          stroke="var(--ink)"
          strokeWidth="2"
          vectorEffect="non-scaling-stroke"
        />
      </svg>
      <figcaption className="flex justify-between text-2xs text-ink-3 tabular">
        <span>{measure(min)}</span>
        <span>
          middle half {measure(p25)} – {measure(p75)}
        </span>
        <span>{measure(max)}</span>
      </figcaption>
    </figure>
  );
}

function TopValues({ column, rows }: { column: ColumnProfile; rows: number }) {
  const most = column.top[0]?.count ?? 1;
  return (
    <div className="mt-3">
      <p className="mb-1 text-2xs text-ink-3">Most frequent</p>
      <ul className="flex flex-col gap-1">
        {column.top.slice(0, MOST_VALUES).map((top) => (
          <li key={cellText(top.value)} className="grid grid-cols-[1fr_5rem_3rem] items-center gap-2 text-xs">
            <span className="readable truncate">{cellText(top.value) || "(empty text)"}</span>
            <span className="h-1.5 overflow-hidden rounded-full bg-sunken">
              <span
                className="block h-full rounded-full bg-accent/70"
                style={{ width: `${(top.count / most) * 100}%` }}
              />
            </span>
            <span className="text-right text-ink-3 tabular">{share(top.count, rows)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
