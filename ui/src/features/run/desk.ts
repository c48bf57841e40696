/** What the parts of a run's display need from the window around them. */
import { createContext, useContext } from "react";
import type { Language, Run } from "@/api/types";
import type { ChartTheme } from "@/components/chart";

export interface Desk {
  theme: ChartTheme;
  /** An agent's name for people. */
  agentName: (name: string) => string;
  modelName: (id: string) => string;
  /** Runs a cell again, as edited. Rejects with an `AppError`. */
  runCell: (cellId: string, language: Language, code: string) => Promise<void>;
  /** The latest run again of a cell, if there was one. */
  rerunOf: (cellId: string) => Run | undefined;
}

const DeskContext = createContext<Desk | null>(null);
export const DeskProvider = DeskContext.Provider;

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (!desk) throw new Error("BUG: no DeskProvider above this component");
  return desk;
}
