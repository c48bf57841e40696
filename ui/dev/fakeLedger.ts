/** A ledger of three requests, one of which failed. */
import type { LedgerEntry } from "@/api/types";

const hash = (n: number) => String(n).repeat(64).slice(0, 64);

const entry = (
  seq: number,
  purpose: string,
  status: number | null,
  rows: number,
  error: string | null,
): LedgerEntry => ({
  seq,
  at: `2026-11-22T09:0${seq}:00.000Z`,
  runId: "00000000-0000-7000-9000-000000000004",
  url: "https://models.example/v1/messages",
  model: "anthropic/claude-sonnet-4-5",
  purpose,
  attempt: 1,
  privacy: rows > 0 ? "samples" : "statistics",
  shown: [{ dataset: "orders", columns: ["region", "revenue", "order_date"], rows }],
  bodyBytes: 1800 + seq * 421,
  bodyHash: hash(seq),
  hash: hash(seq + 3),
  outcome: {
    at: `2026-11-22T09:0${seq}:04.000Z`,
    status,
    responseBytes: status === 200 ? 912 : 0,
    responseHash: hash(seq + 6),
    error,
  },
});

const ENTRIES = [
  entry(3, "answer", null, 0, "The connection was lost."),
  entry(2, "write_code", 200, 5, null),
  entry(1, "plan", 200, 0, null),
];

export const ledger = {
  list: (dataset?: string, before = Number.POSITIVE_INFINITY, limit = 100) => ({
    entries: ENTRIES.filter(
      ({ seq, shown }) => seq < before && (!dataset || shown.some((part) => part.dataset === dataset)),
    ).slice(0, limit),
  }),
  get: (seq: number) => {
    const found = ENTRIES.find((e) => e.seq === seq);
    return (
      found && {
        entry: found,
        body: JSON.stringify({
          model: "claude-sonnet-4-5",
          messages: [{ role: "user", content: `Columns: region, revenue. Request ${seq}.` }],
        }),
      }
    );
  },
  totals: () => ({
    datasets: [{ dataset: "orders", requests: 3, columns: ["region", "revenue", "order_date"], rows: 5 }],
  }),
  verify: () => ({ entries: ENTRIES.length, broken: null }),
  size: ENTRIES.length,
};
