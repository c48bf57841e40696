/** What left this computer, byte for byte. */
export { LedgerDialog } from "./LedgerDialog";
