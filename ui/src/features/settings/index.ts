/** Settings: who answers, what leaves the computer, what code may use. */
export { AskingChips } from "./AskingChips";
export { modelName, whatLeaves } from "./models";
export { PythonBadge } from "./PythonBadge";
export { SettingsDialog, type SettingsPage } from "./SettingsDialog";
export { useSettings } from "./useSettings";
