import { describe, expect, it } from "vitest";
import { describeFilter, EVERYTHING, filteredBy, sortedBy, sortOf, typedValue, unfiltered, unsorted } from "./rowsView";

describe("the view of rows", () => {
  it("sorts by one column, or by several in the order they were chosen", () => {
    const one = sortedBy(EVERYTHING, "region", false, false);
    const two = sortedBy(one, "revenue", true, true);
    expect(two.sort.map((key) => key.column)).toEqual(["region", "revenue"]);
    expect(sortOf(two, "revenue")).toEqual({ rank: 2, descending: true });
    expect(sortedBy(two, "month", false, false).sort).toEqual([{ column: "month", descending: false }]);
    expect(sortOf(unsorted(two, "region"), "region")).toBeNull();
  });

  it("turns a sort round where it stands last, and does not sort twice by a column", () => {
    const view = sortedBy(sortedBy(EVERYTHING, "a", false, false), "a", true, true);
    expect(view.sort).toEqual([{ column: "a", descending: true }]);
  });

  it("keeps one filter per column", () => {
    const first = filteredBy(EVERYTHING, { column: "a", test: "equals", values: [1] });
    const second = filteredBy(first, { column: "a", test: "at_least", values: [2] });
    expect(second.filters).toEqual([{ column: "a", test: "at_least", values: [2] }]);
    expect(unfiltered(second, "a")).toEqual(EVERYTHING);
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
    expect(typedValue("no", "boolean")).toBe(false);
    expect(typedValue("yes", "boolean")).toBe(true);
  });
});
