/** What a core says of a statement: a result for a join that multiplies rows, one for anything else. */
import type { AppError, Response } from "@/api/types";
import { columns, N_ROWS, rows } from "./fakeData";

export function query(sql: string, limit = 1_000, offset = 0): Response<"dataset::query"> {
  const unknown = /\bincome\b/i.test(sql);
  if (unknown) {
    throw {
      code: "invalid_request",
      message: "There is no column income.",
      hint: "Did you mean revenue?",
    } satisfies AppError;
  }
  const joins = /\bjoin\b/i.test(sql)
    ? [
        {
          left: "orders",
          right: "returns_2025",
          on: [["customer", "customer"]] as [string, string][],
          how: "inner",
          leftIsUnique: false,
          rightIsUnique: false,
          leftMatched: 0.96,
          rightMatched: 1,
          leftRows: N_ROWS,
          rightRows: N_ROWS,
          rows: 223_112,
        },
      ]
    : [];
  return {
    table: { columns, rows: rows.slice(offset, offset + limit), offset, nRows: N_ROWS },
    nRows: N_ROWS,
    joins,
    notices: /order by/i.test(sql)
      ? []
      : [
          {
            code: "no_order",
            severity: "info",
            message: "The rows come in no particular order.",
            columns: [],
            rows: [],
            fix: "Add ORDER BY.",
          },
        ],
  };
}

export const explain = (): Response<"dataset::explain"> => ({
  plan: "FILTER col(revenue) > 100\n  SCAN orders: 3 of 9 columns",
});
