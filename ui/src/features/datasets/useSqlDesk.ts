import { useMemo, useState } from "react";
import type { Dataset } from "@/api/types";

/** What is being written in the SQL tab. It outlives the pane, so that hiding the pane loses nothing. */
export interface SqlDesk {
  tab: "rows" | "sql";
  setTab: (tab: "rows" | "sql") => void;
  /** Null until something was written. */
  code: string | null;
  setCode: (code: string) => void;
}

export function useSqlDesk(): SqlDesk {
  const [tab, setTab] = useState<SqlDesk["tab"]>("rows");
  const [code, setCode] = useState<string | null>(null);
  return useMemo(() => ({ tab, setTab, code, setCode }), [tab, code]);
}

/** The datasets that a statement names; all of them when it names none, so that the answer can say what there is. */
export function tablesOf(sql: string, datasets: Dataset[]): string[] {
  const words = new Set(sql.toLowerCase().match(/[\p{L}\p{N}_]+/gu));
  const named = datasets.filter(({ name }) => words.has(name.toLowerCase()));
  return (named.length > 0 ? named : datasets).map(({ id }) => id);
}
