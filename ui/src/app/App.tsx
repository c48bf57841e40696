import { useCallback, useMemo, useRef, useState } from "react";
import { useRead } from "@/api/client";
import type { Dataset, Run } from "@/api/types";
import { useEvent, useToast } from "@/components";
import { AgentsDialog } from "@/features/agents";
import { mentionedAgents, type QuestionBoxHandle } from "@/features/chat";
import { type DataWish, Inspector, PasteDialog, useOpening, useSqlDesk } from "@/features/datasets";
import { LedgerDialog } from "@/features/ledger";
import { type Desk, DeskProvider } from "@/features/run";
import {
  AskingChips,
  modelName,
  SettingsDialog,
  type SettingsPage,
  useSettings,
  whatLeaves,
} from "@/features/settings";
import { actionsOf } from "./actions";
import { Centre } from "./Centre";
import { DropOverlay } from "./DropOverlay";
import { Palette } from "./Palette";
import { Pane } from "./Pane";
import { ShortcutSheet } from "./ShortcutSheet";
import { Sidebar } from "./Sidebar";
import { useTheme } from "./theme";
import { useCellRuns } from "./useCellRuns";
import { useOpenedFiles } from "./useOpenedFiles";
import { LEFT_PX, RIGHT_NARROWEST_PX, usePanes } from "./usePanes";
import { useShortcuts } from "./useShortcuts";
import { useWorkspace } from "./useWorkspace";
import { useZoom } from "./useZoom";

type Sheet = "palette" | "shortcuts" | "agents" | "paste" | "ledger" | null;

/** The window: three panes, the dialogs over them, and the keys that lead everywhere. */
export function App() {
  const workspace = useWorkspace();
  const { settings, change } = useSettings();
  const theme = useTheme(settings?.theme);
  const catalogue = useRead("model::list", {}).data;
  const agents = useRead("agent::list", {}).data;
  const toast = useToast();
  const panes = usePanes();
  const zoom = useZoom();
  const question = useRef<QuestionBoxHandle>(null);
  const sql = useSqlDesk();
  const [wish, setWish] = useState<DataWish | null>(null);
  const wishDone = useCallback(() => setWish(null), []);
  const [sheet, setSheet] = useState<Sheet>(null);
  const [settingsPage, setSettingsPage] = useState<SettingsPage | null>(null);
  const [stoppingId, setStoppingId] = useState<string | null>(null);
  const { threadRuns, running, rerunOf } = useCellRuns(workspace.runs);

  const opening = useOpening({
    chatId: workspace.chatId,
    onOpened: (datasets) => {
      workspace.opened(datasets);
      question.current?.focus();
    },
  });

  const hasData = workspace.datasets.length > 0 || opening.pending.some((p) => p.path !== null);

  useOpenedFiles({ ready: workspace.chatId === null, newChat: workspace.newChat, open: opening.openPaths });

  const changeSettings = (some: Parameters<typeof change>[0]) =>
    void change(some).catch((refused) => toast(refused.message));

  const stop = () => {
    if (!running) return;
    setStoppingId(running.id);
    void workspace.stop(running.id);
  };

  const newChat = () => {
    workspace.newChat();
    question.current?.focus();
  };

  const showDataset = (dataset: Dataset) => {
    workspace.show(dataset);
    panes.showRight();
    if (!workspace.chatId && workspace.inUse.length === 0) workspace.toggleDataset(dataset);
  };

  const wishOf = (what: DataWish["what"]) => () => {
    if (!workspace.shown) return;
    panes.showRight();
    setWish({ what });
  };

  const toggle = (name: Sheet) => () => setSheet((open) => (open === name ? null : name));

  const actions = actionsOf({
    newChat,
    openFiles: () => void opening.openDialog(),
    pasteTable: toggle("paste"),
    openSettings: () => setSettingsPage("model"),
    openAgents: toggle("agents"),
    openLedger: toggle("ledger"),
    findInData: wishOf("find"),
    showSql: wishOf("sql"),
    showRows: wishOf("rows"),
    reread: wishOf("reread"),
    togglePalette: toggle("palette"),
    toggleLeft: panes.toggleLeft,
    toggleRight: panes.toggleRight,
    toggleShortcuts: toggle("shortcuts"),
    toggleTheme: () => changeSettings({ theme: theme === "dark" ? "light" : "dark" }),
    focusQuestion: () => question.current?.focus(),
    stop,
    zoom,
  });
  useShortcuts(actions, stop);

  const runCell = useEvent(workspace.runCell);
  const openSettings = useEvent(() => setSettingsPage("model"));
  const ask = useEvent((text: string, named: string[]) => {
    void workspace.ask(text, named).catch(() => question.current?.fill(text));
  });
  const retry = useEvent((run: Run) =>
    ask(run.question, mentionedAgents(run.question, agents?.agents ?? [])),
  );
  const desk = useMemo<Desk>(
    () => ({
      theme,
      agentName: (name) =>
        agents?.agents.find((agent) => agent.name === name)?.displayName ?? name.replace(/_/g, " "),
      modelName: (id) => modelName(catalogue, id),
      runCell,
      rerunOf,
    }),
    [theme, agents, catalogue, runCell, rerunOf],
  );

  return (
    <DeskProvider value={desk}>
      <div className="flex h-full">
        {panes.left && (
          <Pane
            side="left"
            label="Data and chats"
            width={panes.leftWidth}
            narrowest={LEFT_PX.narrowest}
            widest={LEFT_PX.widest}
            onWidth={panes.setLeftWidth}
          >
            <Sidebar
              workspace={workspace}
              onNewChat={newChat}
              onOpenFiles={() => void opening.openDialog()}
              onShowDataset={showDataset}
              onAgents={toggle("agents")}
              onSettings={() => setSettingsPage("model")}
              onPython={() => setSettingsPage("python")}
              onHide={panes.toggleLeft}
            />
          </Pane>
        )}
        <Centre
          workspace={workspace}
          opening={opening}
          threadRuns={threadRuns}
          running={running}
          stopping={running !== null && running.id === stoppingId}
          blocked={settings ? whatLeaves(catalogue, settings).blocked : null}
          chips={
            settings && (
              <AskingChips
                settings={settings}
                catalogue={catalogue}
                onChange={changeSettings}
                onSettings={() => setSettingsPage("model")}
                onLedger={toggle("ledger")}
              />
            )
          }
          question={question}
          leftShown={panes.left}
          rightShown={panes.right || !hasData}
          onLeft={panes.toggleLeft}
          onRight={panes.toggleRight}
          onPalette={toggle("palette")}
          onAsk={ask}
          onRetry={retry}
          onStop={stop}
          onSettings={openSettings}
        />
        {panes.right && hasData && (
          <Pane
            side="right"
            label="Data preview"
            width={panes.rightWidth}
            narrowest={RIGHT_NARROWEST_PX}
            widest={panes.rightWidest}
            onWidth={panes.setRightWidth}
          >
            <Inspector
              datasets={workspace.inUse}
              all={workspace.datasets}
              pending={opening.pending}
              shown={workspace.shown}
              sql={sql}
              wish={wish}
              onWishDone={wishDone}
              onShow={workspace.show}
              onReread={workspace.reread}
              onClose={panes.toggleRight}
            />
          </Pane>
        )}
      </div>
      <Palette
        open={sheet === "palette"}
        onClose={() => setSheet(null)}
        actions={actions}
        chats={workspace.chats}
        datasets={workspace.datasets}
        onChat={workspace.openChat}
        onDataset={showDataset}
      />
      <ShortcutSheet open={sheet === "shortcuts"} onClose={() => setSheet(null)} actions={actions} />
      <AgentsDialog
        open={sheet === "agents"}
        onClose={() => setSheet(null)}
        onMention={(name) => {
          setSheet(null);
          question.current?.fill(`@${name} `);
        }}
      />
      <LedgerDialog
        open={sheet === "ledger"}
        onClose={() => setSheet(null)}
        modelName={(id) => modelName(catalogue, id)}
      />
      <PasteDialog open={sheet === "paste"} onClose={() => setSheet(null)} onPaste={opening.openText} />
      <SettingsDialog page={settingsPage} onClose={() => setSettingsPage(null)} />
      <DropOverlay onDrop={(paths) => void opening.openPaths(paths)} />
    </DeskProvider>
  );
}
