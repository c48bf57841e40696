/** A small shop's orders, made up by a fixed rule, and what a core would say of them. */
import type { Artifact, Bin, ColumnProfile, Dataset, Profile, TableData } from "@/api/types";

const REGIONS = ["West", "North", "South", "East", "Central"];
const CATEGORIES = ["Furniture", "Technology", "Office supplies", "Kitchen"];
const CUSTOMERS = ["Aldine Ltd", "Brookfield", "Cassiopeia AG", "Dune & Sons", "Everett", "Fjord Trading"];
export const N_ROWS = 1204;

/** Numbers that look like chance and are the same each time. */
function chance(seed: number): number {
  const x = Math.sin(seed * 12.9898 + 78.233) * 43758.5453;
  return x - Math.floor(x);
}

export const rows: unknown[][] = Array.from({ length: N_ROWS }, (_, i) => {
  const day = new Date(Date.UTC(2025, 0, 1 + Math.floor((i / N_ROWS) * 364)));
  const quantity = 1 + Math.floor(chance(i) * 12);
  const price = Math.round((20 + chance(i + 0.3) * 380) * 100) / 100;
  return [
    10_000 + i,
    day.toISOString().slice(0, 10),
    REGIONS[Math.floor(chance(i + 0.1) ** 1.3 * 5)],
    CATEGORIES[Math.floor(chance(i + 0.2) * 4)],
    chance(i + 0.6) < 0.04 ? null : CUSTOMERS[Math.floor(chance(i + 0.5) * 6)],
    quantity,
    chance(i + 0.7) < 0.012 ? null : price,
    Math.round(quantity * price * 100) / 100,
    chance(i + 0.8) < 0.2,
  ];
});

export const columns: Dataset["columns"] = [
  { name: "order_id", type: "integer" },
  { name: "order_date", type: "date" },
  { name: "region", type: "text" },
  { name: "category", type: "text" },
  { name: "customer", type: "text" },
  { name: "quantity", type: "integer" },
  { name: "unit_price", type: "float" },
  { name: "revenue", type: "float" },
  { name: "returned", type: "boolean" },
];

export const EXPLANATION =
  "Read as Windows-1252, separated by semicolons, decimal comma, header in line 3, 1 total row at the end left out.";

export function ordersDataset(id: string, name = "orders", fileName = "orders.csv"): Dataset {
  return {
    id,
    name,
    path: `/home/maria/Documents/${fileName}`,
    fileName,
    format: {
      kind: "csv",
      encoding: "windows-1252",
      delimiter: ";",
      quote: '"',
      header_row: 3,
      decimal: ",",
      date_order: "dmy",
      total_rows: 1,
    },
    explanation: EXPLANATION,
    nRows: N_ROWS,
    columns,
    fingerprint: "0".repeat(64),
    warnings: [
      {
        code: "totals_row",
        severity: "info",
        message: "The last line looks like a total and was left out.",
        columns: [],
        rows: [1208],
        fix: "Read it differently and keep rows that look like totals, if it is data.",
      },
      {
        code: "ambiguous_dates",
        severity: "question",
        message: "Every day of order_date is at most 12: 03/04 was read as 3 April.",
        columns: ["order_date"],
        rows: [],
        fix: "Choose the order of day and month.",
      },
      {
        code: "mixed_types",
        severity: "warning",
        count: 14,
        message: "A few prices were not numbers and count as missing.",
        columns: ["unit_price"],
        rows: [97, 340, 612, 613, 877, 901, 1002],
      },
    ],
    openedAt: "2026-11-22T08:59:00.000Z",
  };
}

export function preview(offset: number, limit: number): TableData {
  return { columns, rows: rows.slice(offset, offset + limit), offset, nRows: N_ROWS };
}

export function profileOf(dataset: Dataset): Profile {
  return {
    dataset: dataset.name,
    rows: N_ROWS,
    format: dataset.format,
    columns: columns.map((column, index) => columnProfile(column, index)),
    warnings: dataset.warnings,
    duplicate_rows: 3,
    keys: [["order_id"], ["order_date", "customer", "revenue"]],
    correlations: [
      { a: "quantity", b: "revenue", r: 0.71, n: 1189 },
      { a: "unit_price", b: "revenue", r: 0.64, n: 1189 },
    ],
    sampled_rows: null,
  };
}

function columnProfile(column: Dataset["columns"][number], index: number): ColumnProfile {
  const values = rows.map((row) => row[index]).filter((value) => value !== null);
  const numeric = column.type === "integer" || column.type === "float";
  const counts = new Map<unknown, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const top = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 20);
  const sorted = numeric ? (values as number[]).toSorted((a, b) => a - b) : [];
  const at = (q: number) => sorted[Math.round(q * (sorted.length - 1))] ?? 0;
  const mean = sorted.reduce((sum, v) => sum + v, 0) / Math.max(1, sorted.length);
  const spread = sorted.reduce((sum, v) => sum + (v - mean) ** 2, 0) / Math.max(1, sorted.length - 1);
  const ordered = numeric ? sorted : (values as string[]).toSorted();
  const lengths = column.type === "text" ? (values as string[]).map((v) => v.length) : [];
  return {
    name: column.name,
    type: column.type,
    nulls: N_ROWS - values.length,
    distinct: counts.size,
    min: lengths.length ? Math.min(...lengths) : (ordered[0] ?? null),
    max: lengths.length ? Math.max(...lengths) : (ordered[ordered.length - 1] ?? null),
    mean: numeric ? mean : null,
    std: numeric ? Math.sqrt(spread) : null,
    quantiles: numeric ? { p05: at(0.05), p25: at(0.25), p50: at(0.5), p75: at(0.75), p95: at(0.95) } : null,
    top: top.map(([value, count]) => ({ value, count })),
    distinct_is_estimate: column.name === "revenue",
    histogram: numeric ? histogramOf(sorted) : [],
    lengths: lengths.length
      ? {
          min: Math.min(...lengths),
          max: Math.max(...lengths),
          mean: lengths.reduce((sum, length) => sum + length, 0) / lengths.length,
        }
      : null,
    gaps: column.type === "date" ? { step: "day", missing: 2, first: ["2025-12-30", "2025-12-31"] } : null,
  };
}

const BINS = 12;

function histogramOf(sorted: number[]): Bin[] {
  const min = sorted[0] ?? 0;
  const max = sorted[sorted.length - 1] ?? 0;
  const edge = (bin: number) => min + ((max - min) * bin) / BINS;
  return Array.from({ length: BINS }, (_, bin) => {
    const [from, to] = [edge(bin), edge(bin + 1)];
    const last = bin === BINS - 1;
    return { from, to, count: sorted.filter((v) => v >= from && (last ? v <= max : v < to)).length };
  });
}

const MONTHS = Array.from({ length: 12 }, (_, m) => `2025-${String(m + 1).padStart(2, "0")}-01`);

const lines = {
  data: REGIONS.map((region, r) => ({
    type: "scatter",
    mode: "lines+markers",
    name: region,
    x: MONTHS,
    y: MONTHS.map((_, m) => Math.round(18_000 + (5 - r) * 3_200 + m * 620 + chance(r * 20 + m) * 5_000)),
    line: { color: ["#636EFA", "#EF553B", "#00CC96", "#AB63FA", "#FFA15A"][r] },
  })),
  layout: {
    title: { text: "Revenue by month and region" },
    xaxis: { title: { text: "month" } },
    yaxis: { title: { text: "revenue" } },
    legend: { title: { text: "region" } },
  },
};

const bars = {
  data: [{ type: "bar", x: CATEGORIES, y: [1488.2, 1391.07, 902.15, 1102.4], marker: { color: "#636efa" } }],
  layout: { title: { text: "Mean revenue by category" }, yaxis: { title: { text: "mean revenue" } } },
};

const byRegion: TableData = {
  columns: [
    { name: "region", type: "text" },
    { name: "orders", type: "integer" },
    { name: "revenue", type: "float" },
    { name: "mean_revenue", type: "float" },
  ],
  rows: [
    ["West", 352, 412380, 1171.53],
    ["North", 318, 377915, 1188.41],
    ["South", 241, 281044, 1166.16],
    ["East", 175, 207119, 1183.54],
    ["Central", 118, 134330, 1138.39],
  ],
  offset: 0,
  nRows: 5,
};

const byCategory: TableData = {
  columns: [
    { name: "category", type: "text" },
    { name: "mean_revenue", type: "float" },
  ],
  rows: [
    ["Furniture", 1488.2],
    ["Technology", 1391.07],
    ["Kitchen", 1102.4],
    ["Office supplies", 902.15],
  ],
  offset: 0,
  nRows: 4,
};

const content: Record<string, [string, Artifact["content"]]> = {
  "301": ["Revenue by region", { kind: "table", ...byRegion }],
  "302": ["Revenue by month and region", { kind: "chart", figure: lines }],
  "303": ["", { kind: "metric", name: "Mean monthly growth", value: 0.021 }],
  "306": ["Mean revenue by category", { kind: "chart", figure: bars }],
  "307": ["Mean revenue by category", { kind: "table", ...byCategory }],
};

export function artifactOf(id: string): Artifact | undefined {
  const found = content[id.slice(-3)];
  return (
    found && { id, executionId: "00000000-0000-7000-8000-000000000201", title: found[0], content: found[1] }
  );
}
