/** Entries of the ledger, in words. Pure. */
import type { LedgerEntry, PrivacyLevel } from "@/api/types";
import { plural } from "@/components";

const PURPOSES: Record<string, string> = {
  plan: "Plan the steps",
  write_code: "Write code",
  fix_code: "Repair code",
  answer: "Write the answer",
  chat: "Talk",
  test: "Test the model",
};

export const purposeName = (purpose: string) => PURPOSES[purpose] ?? purpose.replace(/_/g, " ");

const LEVELS: Record<PrivacyLevel, string> = {
  local: "local only",
  schema: "names and types",
  statistics: "statistics",
  samples: "samples",
};

export const levelName = (level: PrivacyLevel) => LEVELS[level];

export interface Outcome {
  text: string;
  tone: "fine" | "doubt" | "bad";
}

/** How a request ended. What nobody saw the end of may have been sent or not. */
export function outcomeOf({ outcome }: LedgerEntry): Outcome {
  if (!outcome) return { text: "end not seen", tone: "doubt" };
  if (outcome.error) return { text: outcome.status ? `failed (${outcome.status})` : "failed", tone: "bad" };
  if (outcome.status === null) return { text: "no answer", tone: "doubt" };
  return { text: `answered (${outcome.status})`, tone: outcome.status < 400 ? "fine" : "bad" };
}

/** `orders: 3 columns, 5 rows` */
export function shownWords({ shown }: LedgerEntry): string {
  return shown
    .map(
      ({ dataset, columns, rows }) =>
        `${dataset}: ${plural(columns.length, "column")}, ${rows === 0 ? "no rows" : plural(rows, "row")}`,
    )
    .join(" · ");
}

/** JSON for reading; anything else as it is. */
export function readableBody(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
