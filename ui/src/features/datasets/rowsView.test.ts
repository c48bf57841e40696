import { describe, expect, it } from "vitest";
import {
  describeFilter,
  EVERYTHING,
  filteredBy,
  ofBin,
  sortedBy,
  sortOf,
  typedValue,
  unfiltered,
  unsorted,
  withoutFilter,
} from "./rowsView";

describe("the view of rows", () => {
  it("sorts by one column, or by several in the order they were chosen", () => {
    const one = sortedBy(EVERYTHING, "region", false, false);
    const two = sortedBy(one, "revenue", true, true);
    expect(two.sort.map((key) => key.column)).toEqual(["region", "revenue"]);
    expect(sortOf(two, "revenue")).toEqual({ rank: 2, descending: true });
    expect(sortedBy(two, "month", false, false).sort).toEqual([{ column: "month", descending: false }]);
    expect(sortOf(unsorted(two, "region"), "region")).toBeNull();
  });

  it("turns a sort round where it stands, and does not sort twice by a column", () => {
    const view = sortedBy(sortedBy(EVERYTHING, "a", false, false), "a", true, true);
    expect(view.sort).toEqual([{ column: "a", descending: true }]);
    const first = sortedBy(sortedBy(view, "b", false, true), "a", false, true);
    expect(first.sort.map((key) => key.column)).toEqual(["a", "b"]);
  });

  it("keeps one filter per column", () => {
    const first = filteredBy(EVERYTHING, { column: "a", test: "equals", values: [1] });
    const second = filteredBy(first, { column: "a", test: "at_least", values: [2] });
    expect(second.filters).toEqual([{ column: "a", test: "at_least", values: [2] }]);
    expect(unfiltered(second, "a")).toEqual(EVERYTHING);
  });

  it("takes one bar of a histogram by both its bounds, and takes one of them back alone", () => {
    const bars = filteredBy(EVERYTHING, ...ofBin("a", { from: 1, to: 2, count: 9 }, false));
    expect(bars.filters).toEqual([
      { column: "a", test: "at_least", values: [1] },
      { column: "a", test: "less_than", values: [2] },
    ]);
    expect(withoutFilter(bars, bars.filters[0] as never).filters).toEqual([bars.filters[1]]);
    expect(ofBin("a", { from: 1, to: 2, count: 9 }, true)).toEqual([
      { column: "a", test: "between", values: [1, 2] },
    ]);
  });

  it("says what a filter asks for", () => {
    expect(describeFilter({ column: "a", test: "between", values: [1, 2.5] })).toBe("a is between 1 and 2.5");
    expect(describeFilter({ column: "b", test: "in", values: ["x", "y"] })).toBe("b is one of x, y");
    expect(describeFilter({ column: "c", test: "is_missing", values: [] })).toBe("c is missing");
  });

  it("takes what is typed in the column's type, or not at all", () => {
    expect(typedValue(" 1 200.5 ", "float")).toBe(1200.5);
    expect(typedValue("many", "integer")).toBeNull();
    expect(typedValue("", "text")).toBeNull();
    expect(typedValue(" x", "text")).toBe(" x");
    expect(typedValue("1,200", "integer")).toBe(1200);
    expect(typedValue("1,5", "float")).toBeNull();
    expect(typedValue("2024-02-01", "date")).toBe("2024-02-01");
    expect(typedValue("1 Feb", "date")).toBeNull();
    expect(typedValue("maybe", "boolean")).toBeNull();
    expect(typedValue("no", "boolean")).toBe(false);
    expect(typedValue("yes", "boolean")).toBe(true);
  });
});
