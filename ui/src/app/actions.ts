/** Everything that can be done by key or by the palette, in one list. */
import {
  Bot,
  CircleHelp,
  ClipboardPaste,
  Database,
  FolderOpen,
  type LucideIcon,
  Moon,
  PanelLeft,
  PanelRight,
  Search,
  Settings,
  ShieldCheck,
  SlidersHorizontal,
  Square,
  SquarePen,
  Table2,
  TextCursorInput,
  ZoomIn,
  ZoomOut,
} from "lucide-react";

export interface Action {
  id: string;
  name: string;
  icon: LucideIcon;
  /** The first is shown; all work. */
  keys: string[];
  /** Also while something is being typed. */
  evenWhenTyping: boolean;
  run: () => void;
}

export interface Doings {
  newChat: () => void;
  openFiles: () => void;
  pasteTable: () => void;
  openSettings: () => void;
  openAgents: () => void;
  openLedger: () => void;
  findInData: () => void;
  showSql: () => void;
  showRows: () => void;
  reread: () => void;
  togglePalette: () => void;
  toggleLeft: () => void;
  toggleRight: () => void;
  toggleShortcuts: () => void;
  toggleTheme: () => void;
  focusQuestion: () => void;
  stop: () => void;
  zoom: (step: -1 | 0 | 1) => void;
}

export function actionsOf(doings: Doings): Action[] {
  const action = (
    id: string,
    name: string,
    icon: LucideIcon,
    keys: string[],
    run: () => void,
    evenWhenTyping = true,
  ): Action => ({ id, name, icon, keys, run, evenWhenTyping });
  return [
    action("new-chat", "New chat", SquarePen, ["Mod+N"], doings.newChat),
    action("open", "Open file…", FolderOpen, ["Mod+O"], doings.openFiles),
    action("paste", "Paste a table…", ClipboardPaste, ["Mod+Shift+V"], doings.pasteTable),
    action("ask", "Go to the question box", TextCursorInput, ["Mod+L", "/"], doings.focusQuestion, false),
    action("stop", "Stop the run", Square, ["Mod+."], doings.stop),
    action("agents", "Agents", Bot, ["Mod+Shift+A"], doings.openAgents),
    action("find-data", "Find in the data", Search, ["Mod+F"], doings.findInData),
    action("sql", "Query the data with SQL", Database, ["Mod+Shift+S"], doings.showSql),
    action("rows", "Show the rows of the data", Table2, [], doings.showRows),
    action("reread", "Read the file differently…", SlidersHorizontal, [], doings.reread),
    action("ledger", "What left this computer", ShieldCheck, ["Mod+Shift+L"], doings.openLedger),
    action("settings", "Settings", Settings, ["Mod+,"], doings.openSettings),
    action("palette", "Find anything", CircleHelp, ["Mod+K", "Mod+Shift+P"], doings.togglePalette),
    action("left", "Show or hide the list", PanelLeft, ["Mod+B"], doings.toggleLeft),
    action("right", "Show or hide the data", PanelRight, ["Mod+D"], doings.toggleRight),
    action("theme", "Switch between light and dark", Moon, [], doings.toggleTheme),
    action("larger", "Larger text", ZoomIn, ["Mod+=", "Mod++"], () => doings.zoom(1)),
    action("smaller", "Smaller text", ZoomOut, ["Mod+-"], () => doings.zoom(-1)),
    action("normal", "Normal text size", ZoomIn, ["Mod+0"], () => doings.zoom(0)),
    action("shortcuts", "Keyboard shortcuts", CircleHelp, ["?"], doings.toggleShortcuts, false),
  ];
}
