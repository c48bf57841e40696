import { Dialog } from "@base-ui/react/dialog";
import { type LucideIcon, MessageSquare, Search, Table2 } from "lucide-react";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import type { Chat, Dataset } from "@/api/types";
import { classes, Kbd } from "@/components";
import type { Action } from "./actions";

const MOST = 40;

interface Entry {
  id: string;
  group: "Actions" | "Chats" | "Data";
  name: string;
  icon: LucideIcon;
  keys?: string;
  run: () => void;
}

interface PaletteProps {
  open: boolean;
  onClose: () => void;
  actions: Action[];
  chats: Chat[];
  datasets: Dataset[];
  onChat: (chat: Chat) => void;
  onDataset: (dataset: Dataset) => void;
}

/** Finds anything by a few letters: actions, chats, data. */
export function Palette(props: PaletteProps) {
  return (
    <Dialog.Root open={props.open} onOpenChange={(open) => !open && props.onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-30 bg-shade" />
        <Dialog.Popup className="pop-in fixed top-[14vh] left-1/2 z-30 w-140 max-w-[calc(100vw-3rem)] -translate-x-1/2 overflow-hidden rounded-2xl border border-line bg-surface shadow-pop outline-none">
          <Dialog.Title className="sr-only">Find anything</Dialog.Title>
          {props.open && <Finder {...props} />}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Finder(props: PaletteProps) {
  const [wanted, setWanted] = useState("");
  const [picked, setPicked] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const all = useMemo(() => entriesOf(props), [props]);
  const found = useMemo(() => all.filter((entry) => fits(entry.name, wanted)).slice(0, MOST), [all, wanted]);

  useEffect(() => {
    list.current?.querySelector(`#palette-${picked}`)?.scrollIntoView({ block: "nearest" });
  }, [picked]);

  const choose = (entry: Entry | undefined) => {
    if (!entry) return;
    props.onClose();
    entry.run();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (step && found.length > 0) setPicked((picked + step + found.length) % found.length);
    else if (event.key === "Enter") choose(found[picked]);
    else return;
    event.preventDefault();
  };

  return (
    <>
      <div className="flex items-center gap-3 border-b border-line px-4">
        <Search className="size-4 text-ink-3" aria-hidden />
        <input
          value={wanted}
          // biome-ignore lint/a11y/noAutofocus: the palette is opened to type
          autoFocus
          role="combobox"
          aria-label="Find"
          aria-expanded
          aria-controls="palette-list"
          aria-activedescendant={`palette-${picked}`}
          data-testid="palette-input"
          placeholder="Find an action, a chat, a dataset…"
          onChange={(event) => {
            setWanted(event.target.value);
            setPicked(0);
          }}
          onKeyDown={onKeyDown}
          className="readable h-12 flex-1 bg-transparent text-[0.9375rem] outline-none placeholder:text-ink-3"
        />
      </div>
      <div
        id="palette-list"
        role="listbox"
        aria-label="Found"
        ref={list}
        className="max-h-[50vh] overflow-y-auto p-1.5"
      >
        {found.length === 0 && (
          <p className="px-3 py-6 text-center text-[0.8125rem] text-ink-3">Nothing fits that</p>
        )}
        {found.map((entry, index) => (
          <div key={entry.id}>
            {entry.group !== found[index - 1]?.group && (
              <p className="eyebrow px-2.5 pt-2 pb-1">{entry.group}</p>
            )}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the input */}
            <div
              id={`palette-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === picked}
              onMouseMove={() => setPicked(index)}
              onClick={() => choose(entry)}
              className={classes(
                "flex h-8.5 items-center gap-2.5 rounded-lg px-2.5 text-[0.8125rem]",
                index === picked && "bg-accent-soft",
              )}
            >
              <entry.icon className="size-3.5 shrink-0 text-ink-3" aria-hidden />
              <span className="min-w-0 flex-1 truncate">{entry.name}</span>
              {entry.keys && <Kbd keys={entry.keys} />}
            </div>
          </div>
        ))}
      </div>
    </>
  );
}

function entriesOf({ actions, chats, datasets, onChat, onDataset }: PaletteProps): Entry[] {
  return [
    ...actions
      .filter((action) => action.id !== "palette")
      .map(
        (a): Entry => ({
          id: a.id,
          group: "Actions",
          name: a.name,
          icon: a.icon,
          keys: a.keys[0],
          run: a.run,
        }),
      ),
    ...chats.map(
      (chat): Entry => ({
        id: chat.id,
        group: "Chats",
        name: chat.title || "New chat",
        icon: MessageSquare,
        run: () => onChat(chat),
      }),
    ),
    ...datasets.map(
      (dataset): Entry => ({
        id: dataset.id,
        group: "Data",
        name: dataset.name,
        icon: Table2,
        run: () => onDataset(dataset),
      }),
    ),
  ];
}

/** Every word that was typed is somewhere in the name. */
function fits(name: string, wanted: string): boolean {
  const text = name.toLowerCase();
  return wanted
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
