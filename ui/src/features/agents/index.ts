/** Agents: who does the work. */
export { AgentsDialog } from "./AgentsDialog";
