import { expect, it } from "vitest";
import type { LedgerEntry } from "@/api/types";
import { outcomeOf, readableBody, shownWords } from "./words";

const ended = (status: number | null, error: string | null) =>
  outcomeOf({
    outcome: { at: "", status, responseBytes: 0, responseHash: "", error },
  } as unknown as LedgerEntry);

it("says how a request ended, and is sure of nothing that nobody saw", () => {
  expect(ended(200, null)).toEqual({ text: "answered (200)", tone: "fine" });
  expect(ended(429, null).tone).toBe("bad");
  expect(ended(null, "The connection was lost.")).toEqual({ text: "failed", tone: "bad" });
  expect(outcomeOf({ outcome: null } as LedgerEntry)).toEqual({ text: "end not seen", tone: "doubt" });
});

it("says what of which dataset was in it", () => {
  const shown = [
    { dataset: "orders", columns: ["a", "b"], rows: 5 },
    { dataset: "people", columns: ["c"], rows: 0 },
  ];
  expect(shownWords({ shown } as unknown as LedgerEntry)).toBe(
    "orders: 2 columns, 5 rows · people: 1 column, no rows",
  );
});

it("sets JSON out to be read, and leaves the rest alone", () => {
  expect(readableBody('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(readableBody("not json")).toBe("not json");
});
