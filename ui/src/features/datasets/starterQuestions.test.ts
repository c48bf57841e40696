import { expect, it } from "vitest";
import type { ColumnProfile, ColumnType, Dataset, Profile } from "@/api/types";
import { starterQuestions } from "./starterQuestions";

type Given = [name: string, type: ColumnType, distinct?: number];

function ask(columns: Given[], nRows = 100): string[] {
  const dataset = { nRows, columns: columns.map(([name, type]) => ({ name, type })) } as Dataset;
  const profiles = columns.map(([name, type, distinct = 10]) => ({ name, type, distinct }) as ColumnProfile);
  return starterQuestions(dataset, { columns: profiles } as Profile);
}

it("asks for money by group, over time, by another group", () => {
  expect(
    ask([
      ["order_id", "integer", 100],
      ["day", "date"],
      ["region", "text", 5],
      ["kind", "categorical", 3],
      ["quantity", "integer"],
      ["unit_price", "float"],
      ["revenue", "float"],
    ]),
  ).toEqual([
    "Which region has the highest total revenue?",
    "How did total revenue change over time?",
    "Compare average revenue by kind",
    "Is there a relationship between revenue and quantity?",
    "How is revenue distributed?",
  ]);
});

it("averages what cannot be summed", () => {
  expect(
    ask([
      ["city", "text", 8],
      ["temperature", "float"],
    ])[0],
  ).toBe("Which city has the highest average temperature?");
});

it("adds up no identifiers and groups by no free text", () => {
  expect(
    ask([
      ["customer_id", "integer", 100],
      ["serial", "integer", 100],
      ["comment", "text", 97],
    ]),
  ).toEqual(["Give me a first look at this data"]);
});

it("counts rows where there is nothing to measure", () => {
  expect(ask([["species", "text", 3]])[0]).toBe("How many rows are there per species?");
});

it("needs no profile", () => {
  const dataset = { nRows: 3, columns: [{ name: "price", type: "float" }] } as Dataset;
  expect(starterQuestions(dataset, undefined)).toEqual([
    "How is price distributed?",
    "Give me a first look at this data",
  ]);
});
