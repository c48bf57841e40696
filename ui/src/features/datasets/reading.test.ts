import { expect, it } from "vitest";
import type { DataWarning, Format } from "@/api/types";
import { bySeverity, controlsOf, readingSentence, saidOf, withOption } from "./reading";

const csv: Format = { kind: "csv", delimiter: ",", encoding: "utf-8", header_row: 1, decimal: "." };

it("says in one sentence how a file was read", () => {
  expect(
    readingSentence({
      ...csv,
      encoding: "windows-1252",
      delimiter: ";",
      decimal: ",",
      header_row: 4,
      date_order: "dmy",
      total_rows: 2,
    }),
  ).toBe(
    "Read as delimited text, windows-1252, separated by semicolons, decimal comma, dates as day, month, year, header in line 4, 2 total rows at the end left out.",
  );
  expect(readingSentence({ kind: "csv", delimiter: "\t" })).toBe(
    "Read as delimited text, separated by tabs, no header.",
  );
  expect(readingSentence({ kind: "parquet" })).toBe("Read as Parquet.");
});

it("tells what a person must have said from what the file says by itself", () => {
  expect(saidOf({ ...csv, decimal: ",", header_row: null }, csv)).toEqual({ decimal: ",", headerRow: 0 });
  expect(saidOf(csv, csv)).toEqual({});
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
