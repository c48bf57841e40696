import { Dialog, Kbd } from "@/components";
import type { Action } from "./actions";

const IN_PLACES: [string, string][] = [
  ["Ask", "Enter"],
  ["New line in a question", "Shift+Enter"],
  ["Edit the last question", "↑"],
  ["Name an agent", "@"],
  ["Stop the run", "Esc"],
  ["Run the cell, or the SQL", "Mod+Enter"],
];

const IN_THE_DATA: [string, string][] = [
  ["Sort or filter the column", "Alt+↓"],
  ["Sort by several columns", "Shift"],
  ["Statistics of the column", "Enter"],
  ["Next place found", "Enter"],
  ["Place before", "Shift+Enter"],
];

interface ShortcutSheetProps {
  open: boolean;
  onClose: () => void;
  actions: Action[];
}

export function ShortcutSheet({ open, onClose, actions }: ShortcutSheetProps) {
  const everywhere = actions
    .filter((a) => a.keys.length > 0)
    .map((a): [string, string] => [a.name, a.keys[0] ?? ""]);
  return (
    <Dialog open={open} onClose={onClose} title="Keyboard shortcuts" width="w-160">
      <div className="grid grid-cols-2 gap-x-10 gap-y-0" data-testid="shortcut-sheet">
        <Column title="Everywhere" lines={everywhere} />
        <div className="flex flex-col gap-5">
          <Column title="Question box and code" lines={IN_PLACES} />
          <Column title="Data" lines={IN_THE_DATA} />
        </div>
      </div>
    </Dialog>
  );
}

function Column({ title, lines }: { title: string; lines: [string, string][] }) {
  return (
    <section aria-label={title}>
      <h3 className="eyebrow mb-1.5">{title}</h3>
      <ul>
        {lines.map(([name, keys]) => (
          <li
            key={name}
            className="flex items-center justify-between border-b border-line py-1.5 text-[0.8125rem]"
          >
            {name}
            <Kbd keys={keys} />
          </li>
        ))}
      </ul>
    </section>
  );
}
