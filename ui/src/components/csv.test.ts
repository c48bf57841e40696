import { expect, it } from "vitest";
import type { TableData } from "@/api/types";
import { toCsv } from "./csv";

const table = (value: unknown): TableData => ({
  columns: [{ name: "a", type: "text" }],
  rows: [[value]],
  offset: 0,
  nRows: 1,
});

it.each([
  ["plain text", "West", "West"],
  ["commas and quotes", 'a, "b"', '"a, ""b"""'],
  ["line ends", "a\nb", '"a\nb"'],
  ["missing", null, ""],
  ["numbers", -2.5, "-2.5"],
  ["numbers as text", "-2.5", "-2.5"],
  ["a formula", "=HYPERLINK(1)", "'=HYPERLINK(1)"],
  ["a formula behind spaces", "  +cmd|x", "'  +cmd|x"],
  ["a full-width formula", "＝1+1", "'＝1+1"],
])("%s", (_name, value, field) => {
  expect(toCsv(table(value))).toBe(`a\r\n${field}`);
});
