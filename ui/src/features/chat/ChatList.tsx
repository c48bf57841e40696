import { Ellipsis, MessageSquare, Pencil, Trash2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { Chat } from "@/api/types";
import { classes, IconButton, Menu, moment } from "@/components";
import { showHidden } from "@/components/markdown";

interface ChatListProps {
  chats: Chat[];
  active: string | null;
  onOpen: (chat: Chat) => void;
  onRename: (chat: Chat, title: string) => void;
  onDelete: (chat: Chat) => void;
}

export function ChatList({ chats, active, onOpen, onRename, onDelete }: ChatListProps) {
  const [renaming, setRenaming] = useState<string | null>(null);
  if (chats.length === 0) {
    return (
      <p className="flex items-center gap-2 px-2 py-1.5 text-xs text-ink-3">
        <MessageSquare className="size-3.5" aria-hidden />
        Your questions will be kept here
      </p>
    );
  }
  return (
    <ul className="flex flex-col gap-px">
      {chats.map((chat) => (
        <li
          key={chat.id}
          data-testid="chat-item"
          data-active={chat.id === active || undefined}
          className={classes(
            "group flex items-center gap-1 rounded-lg pr-1",
            chat.id === active ? "bg-sunken" : "hover:bg-sunken/60",
          )}
        >
          {renaming === chat.id ? (
            <RenameBox
              title={chat.title}
              onDone={(title) => {
                setRenaming(null);
                if (title && title !== chat.title) onRename(chat, title);
              }}
            />
          ) : (
            <>
              <button
                type="button"
                aria-current={chat.id === active ? "page" : undefined}
                onClick={() => onOpen(chat)}
                onDoubleClick={() => setRenaming(chat.id)}
                className="flex h-8 min-w-0 flex-1 items-center rounded-lg pl-2.5 text-left"
              >
                <span
                  className={classes(
                    "truncate text-[0.8125rem]",
                    chat.id === active ? "font-medium" : "text-ink-2",
                  )}
                >
                  {showHidden(chat.title) || "New chat"}
                </span>
              </button>
              <span className="shrink-0 text-2xs text-ink-3 tabular group-focus-within:hidden group-hover:hidden">
                {moment(chat.updatedAt)}
              </span>
              <span className="hidden group-focus-within:block group-hover:block has-data-popup-open:block">
                <Menu
                  trigger={<IconButton icon={Ellipsis} label="More" />}
                  items={[
                    { label: "Rename", icon: Pencil, onSelect: () => setRenaming(chat.id) },
                    { label: "Delete", icon: Trash2, danger: true, onSelect: () => onDelete(chat) },
                  ]}
                />
              </span>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

function RenameBox({ title, onDone }: { title: string; onDone: (title: string | null) => void }) {
  const [text, setText] = useState(title);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), []);
  return (
    <input
      ref={input}
      value={text}
      aria-label="Name of the chat"
      onChange={(event) => setText(event.target.value)}
      onBlur={() => onDone(text.trim())}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") onDone(text.trim());
        if (event.key === "Escape") onDone(null);
      }}
      className="readable h-8 min-w-0 flex-1 rounded-lg border border-accent bg-surface px-2 text-[0.8125rem]"
    />
  );
}
