/** Datasets: opening them, listing them, looking into them. */
export { DatasetList } from "./DatasetList";
export type { DataWish } from "./DatasetView";
export { Inspector } from "./Inspector";
export { OpenData } from "./OpenData";
export { OpeningNotes } from "./OpeningNotes";
export { PasteDialog } from "./PasteDialog";
export { starterQuestions } from "./starterQuestions";
export { type Opening, useOpening } from "./useOpening";
export { useSqlDesk } from "./useSqlDesk";
