import { expect, it } from "vitest";
import { duration, measure, plural } from "./format";

it.each([
  [412380, "412,380"],
  [412380.456, "412,380.46"],
  [19.2637, "19.2637"],
  [0.0212345, "0.02123"],
  [0, "0"],
  [-3.5, "-3.5"],
  [1.5e-9, "1.5000e-9"],
  [2e18, "2.0000e+18"],
])("%d is read as %s", (value, text) => {
  expect(measure(value)).toBe(text);
});

it.each([
  [0, "0.0 s"],
  [742, "0.7 s"],
  [59_900, "59.9 s"],
  [61_000, "1 min 1 s"],
])("%d ms is %s", (ms, text) => {
  expect(duration(ms)).toBe(text);
});

it("counts one thing as one", () => {
  expect([plural(1, "row"), plural(2, "row"), plural(1204, "row")]).toEqual([
    "1 row",
    "2 rows",
    "1,204 rows",
  ]);
});
