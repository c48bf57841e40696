import { Dialog, Kbd } from "@/components";
import type { Action } from "./actions";

const IN_PLACES: [string, string][] = [
  ["Ask", "Enter"],
  ["New line in a question", "Shift+Enter"],
  ["Edit the last question", "↑"],
  ["Name an agent", "@"],
  ["Stop the run", "Esc"],
  ["Run the cell again", "Mod+Enter"],
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
        <Column title="Question box and code" lines={IN_PLACES} />
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
