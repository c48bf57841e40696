import { Bot, FolderOpen, PanelLeftClose, Settings, SquarePen } from "lucide-react";
import type { ReactNode } from "react";
import { Button, IconButton } from "@/components";
import { ChatList } from "@/features/chat";
import { DatasetList } from "@/features/datasets";
import { PythonBadge } from "@/features/settings";
import { Brand } from "./Brand";
import type { Workspace } from "./useWorkspace";

interface SidebarProps {
  workspace: Workspace;
  onNewChat: () => void;
  onOpenFiles: () => void;
  onShowDataset: Workspace["show"];
  onAgents: () => void;
  onSettings: () => void;
  onPython: () => void;
  onHide: () => void;
}

export function Sidebar(props: SidebarProps) {
  const { workspace } = props;
  return (
    <div className="flex h-full flex-col">
      <header className="flex h-12 shrink-0 items-center justify-between pr-2 pl-3.5">
        <Brand />
        <IconButton icon={PanelLeftClose} label="Hide the list" keys="Mod+B" onClick={props.onHide} />
      </header>
      <div className="px-2.5 pb-2">
        <Button
          data-testid="new-chat"
          icon={SquarePen}
          className="w-full justify-start!"
          onClick={props.onNewChat}
        >
          New chat
        </Button>
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto px-2.5">
        <Section
          title="Data"
          action={
            <IconButton
              icon={FolderOpen}
              label="Open file…"
              keys="Mod+O"
              data-testid="open-file-side"
              onClick={props.onOpenFiles}
            />
          }
        >
          <DatasetList
            datasets={workspace.datasets}
            inUse={workspace.inUse.map((d) => d.id)}
            shown={workspace.shown?.id ?? null}
            onShow={props.onShowDataset}
            onToggle={workspace.toggleDataset}
            onRemove={workspace.removeDataset}
          />
        </Section>
        <Section title="Chats">
          <ChatList
            chats={workspace.chats}
            active={workspace.chatId}
            onOpen={workspace.openChat}
            onRename={workspace.renameChat}
            onDelete={workspace.deleteChat}
          />
        </Section>
      </div>
      <footer className="flex shrink-0 items-center gap-0.5 border-t border-line px-2 py-1.5">
        <PythonBadge onOpen={props.onPython} />
        <span className="flex-1" />
        <IconButton
          icon={Bot}
          label="Agents"
          keys="Mod+Shift+A"
          data-testid="agents-open"
          onClick={props.onAgents}
        />
        <IconButton
          icon={Settings}
          label="Settings"
          keys="Mod+,"
          data-testid="settings-open"
          onClick={props.onSettings}
        />
      </footer>
    </div>
  );
}

function Section({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }) {
  return (
    <section aria-label={title} className="mb-4">
      <header className="flex h-8 items-center justify-between pl-2">
        <h2 className="eyebrow">{title}</h2>
        {action}
      </header>
      {children}
    </section>
  );
}
