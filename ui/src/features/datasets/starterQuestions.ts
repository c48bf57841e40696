/**
 * Questions that fit the data at hand. They are made from the columns' types and, where the profile is there, from
 * what the columns hold: no sums over identifiers, no chart with a thousand bars.
 */
import type { ColumnProfile, Dataset, Profile, SampleInfo } from "@/api/types";
import { isNumeric, isTemporal } from "./columnTypes";

const MOST_GROUPS = 30;
const MOST_QUESTIONS = 5;
const ID_NAME = /(^|[_\s-])(id|key|code|no|nr|number|zip|postcode|phone|index|uuid)$/i;
/** Amounts are summed; everything else is averaged. */
const AMOUNT_NAME =
  /(amount|revenue|sales|turnover|profit|cost|spend|total|quantity|qty|units|count|volume|value)/i;
const MONEY_NAME = /(amount|revenue|sales|turnover|profit|cost|spend)/i;

type KnownColumn = Pick<ColumnProfile, "name" | "type"> & Partial<ColumnProfile>;

export function starterQuestions(
  dataset: Dataset,
  profile: Profile | undefined,
  samples: Pick<SampleInfo, "name" | "questions">[] = [],
): string[] {
  // A sample brings questions that it answers well.
  const sample = samples.find(({ name }) => name === dataset.name);
  if (sample && sample.questions.length > 0) return sample.questions.slice(0, MOST_QUESTIONS);

  const columns: KnownColumn[] = profile?.columns ?? dataset.columns;
  const measures = columns.filter((c) => isMeasure(c, dataset.nRows)).sort(mostInterestingFirst);
  const groups = columns.filter(isGroup);
  const time = columns.find((c) => isTemporal(c.type));
  const [measure, second] = measures;
  const [group, otherGroup] = groups;

  const questions = [
    measure &&
      group &&
      `Which ${say(group)} has the highest ${isAmount(measure) ? "total" : "average"} ${say(measure)}?`,
    measure && time && `How did ${isAmount(measure) ? "total" : "average"} ${say(measure)} change over time?`,
    measure && otherGroup && `Compare average ${say(measure)} by ${say(otherGroup)}`,
    measure && second && `Is there a relationship between ${say(measure)} and ${say(second)}?`,
    measure && `How is ${say(measure)} distributed?`,
    group && !measure && `How many rows are there per ${say(group)}?`,
    "Give me a first look at this data",
  ];
  return questions.filter((q): q is string => Boolean(q)).slice(0, MOST_QUESTIONS);
}

function isMeasure(column: KnownColumn, rows: number): boolean {
  if (!isNumeric(column.type) || ID_NAME.test(column.name)) return false;
  if (column.distinct === undefined) return true;
  const looksLikeId = column.type === "integer" && rows > 20 && column.distinct === rows;
  return column.distinct > 1 && !looksLikeId;
}

function isGroup(column: KnownColumn): boolean {
  if (column.type === "categorical" || column.type === "boolean") return true;
  if (column.type !== "text" || ID_NAME.test(column.name)) return false;
  return column.distinct === undefined || (column.distinct > 1 && column.distinct <= MOST_GROUPS);
}

const isAmount = (column: KnownColumn) => AMOUNT_NAME.test(column.name);
/** Money interests most, then other amounts, then the rest. */
const interest = ({ name }: KnownColumn) => Number(MONEY_NAME.test(name)) + Number(AMOUNT_NAME.test(name));
const mostInterestingFirst = (a: KnownColumn, b: KnownColumn) => interest(b) - interest(a);
const say = (column: KnownColumn) => column.name.replace(/_+/g, " ");
