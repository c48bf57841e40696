import { expect, it } from "vitest";
import type { DataWarning, Format } from "@/api/types";
import { bySeverity, controlsOf, saidOf, samePart, withOption } from "./reading";

const csv: Format = { kind: "csv", delimiter: ",", encoding: "utf-8", header_row: 1, decimal: "." };

it("tells what a person must have said from what the file says by itself", () => {
  expect(saidOf({ ...csv, decimal: ",", header_row: null }, csv)).toEqual({ decimal: ",", headerRow: 0 });
  expect(saidOf(csv, csv)).toEqual({});
});

it("stays with the sheet it was, until another is asked for", () => {
  const book: Format = { kind: "excel", sheet: "2025" };
  expect(samePart(book, { headerRow: 2 })).toEqual({ headerRow: 2, sheet: "2025" });
  expect(samePart(book, { sheet: "2024" })).toEqual({ sheet: "2024" });
  expect(samePart(csv, {})).toEqual({});
});

it("leaves to the file again what is said no more", () => {
  expect(withOption(withOption({}, "delimiter", ";"), "delimiter", undefined)).toEqual({});
});

it("puts questions before warnings, and leaves out what nobody warned of", () => {
  const warning = (severity: DataWarning["severity"]) => ({ severity, code: severity }) as DataWarning;
  expect(bySeverity([warning("info"), warning("question")]).map((group) => group.severity)).toEqual([
    "question",
    "info",
  ]);
});

it("offers nothing to change where a file says all of it", () => {
  expect(controlsOf("parquet")).toEqual([]);
  expect(controlsOf("csv")).toContain("delimiter");
  expect(controlsOf("excel")).not.toContain("delimiter");
});
