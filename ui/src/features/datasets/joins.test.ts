import { expect, it } from "vitest";
import type { Dataset, JoinReport } from "@/api/types";
import { multiplies } from "./joins";
import { tablesOf } from "./useSqlDesk";

const join = (some: Partial<JoinReport>): JoinReport => ({
  left: "a",
  right: "b",
  on: [["id", "id"]],
  how: "inner",
  leftIsUnique: true,
  rightIsUnique: true,
  leftMatched: 1,
  rightMatched: 1,
  leftRows: 10,
  rightRows: 10,
  rows: 10,
  ...some,
});

it("tells joins that multiply rows from those that do not", () => {
  expect(multiplies(join({}))).toBe(false);
  expect(multiplies(join({ leftIsUnique: false }))).toBe(false);
  expect(multiplies(join({ leftIsUnique: false, rightIsUnique: false, rows: 8 }))).toBe(true);
  expect(multiplies(join({ rows: 100 }))).toBe(true);
  expect(multiplies(join({ how: "semi", leftIsUnique: false, rightIsUnique: false }))).toBe(false);
});

it("hands over the tables that a statement names, or all when it names none", () => {
  const datasets = ["orders", "größe", "order"].map((name) => ({ id: `id-${name}`, name }) as Dataset);
  expect(tablesOf('SELECT * FROM "Orders" o JOIN größe g ON o.x = g.x', datasets)).toEqual([
    "id-orders",
    "id-größe",
  ]);
  expect(tablesOf("SELECT 1", datasets)).toHaveLength(3);
});
