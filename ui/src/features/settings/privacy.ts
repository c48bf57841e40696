/** What each privacy level means, in words. The order is that of how much is shown. */
import type { PrivacyLevel } from "@/api/types";

export interface PrivacyWords {
  level: PrivacyLevel;
  name: string;
  /** What a remote model may see, as the subject of `may be sent to …`. */
  sent: string;
  explanation: string;
}

export const PRIVACY: PrivacyWords[] = [
  {
    level: "local",
    name: "Local only",
    sent: "Nothing",
    explanation:
      "Nothing leaves this computer. Only the built-in analyst and models that run here can be used.",
  },
  {
    level: "schema",
    name: "Names and types",
    sent: "Column names",
    explanation: "Your question, column names and types, shares of missing values, rounded counts.",
  },
  {
    level: "statistics",
    name: "Statistics",
    sent: "Statistics",
    explanation: "Also ranges, means, quantiles, frequent categories, and the results of code that ran.",
  },
  {
    level: "samples",
    name: "Samples",
    sent: "Statistics and sample rows",
    explanation: "Also up to five real rows. The most helpful to a model, and the most revealing.",
  },
];

export const privacyWords = (level: PrivacyLevel) =>
  PRIVACY.find((p) => p.level === level) ?? (PRIVACY[0] as PrivacyWords);
