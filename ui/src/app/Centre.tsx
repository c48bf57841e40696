import { PanelLeftOpen, PanelRightOpen, Search, Table2 } from "lucide-react";
import type { ReactNode, Ref } from "react";
import { useRead } from "@/api/client";
import type { Run } from "@/api/types";
import { Button, ErrorCard, IconButton, Kbd, Spinner } from "@/components";
import { QuestionBox, type QuestionBoxHandle, Thread } from "@/features/chat";
import { type Opening, OpeningNotes } from "@/features/datasets";
import { RunEntry } from "@/features/run";
import type { Workspace } from "./useWorkspace";
import { Welcome } from "./Welcome";

interface CentreProps {
  workspace: Workspace;
  opening: Opening;
  /** Runs that a cell started belong to their cells, not to the thread. */
  threadRuns: Run[];
  running: Run | null;
  stopping: boolean;
  blocked: string | null;
  chips: ReactNode;
  question: Ref<QuestionBoxHandle>;
  leftShown: boolean;
  rightShown: boolean;
  onLeft: () => void;
  onRight: () => void;
  onPalette: () => void;
  onAsk: (question: string, agents: string[]) => void;
  onStop: () => void;
  onSettings: () => void;
  onRetry: (run: Run) => void;
}

/** The middle of the window: the thread, or how to begin one, and the box to ask in. */
export function Centre(props: CentreProps) {
  const { workspace, opening, threadRuns, running } = props;
  const info = useRead("app::info", {});
  const agents = useRead("agent::list", {});
  const lastQuestion = threadRuns[threadRuns.length - 1]?.question ?? null;
  return (
    <main className="flex h-full min-w-0 flex-1 flex-col">
      <TopBar {...props} />
      <Middle {...props} samples={info.data?.samples ?? []} />
      <div className="mx-auto w-full max-w-200 px-7 pb-5">
        {threadRuns.length > 0 && <OpeningNotes opening={opening} />}
        <QuestionBox
          handle={props.question}
          agents={agents.data?.agents ?? []}
          lastQuestion={lastQuestion}
          running={running !== null}
          stopping={props.stopping}
          blocked={workspace.inUse.length === 0 ? "Open a data file first, then ask about it" : props.blocked}
          onAsk={props.onAsk}
          onStop={props.onStop}
          chips={props.chips}
        />
      </div>
    </main>
  );
}

function Middle({
  running,
  workspace,
  opening,
  threadRuns,
  samples,
  onAsk,
  onSettings,
  onRetry,
}: CentreProps & { samples: SampleList }) {
  const { detail, chatId } = workspace;
  if (chatId && detail.error) {
    return (
      <div className="flex-1 p-7">
        <ErrorCard error={detail.error} title="This chat could not be read">
          <Button size="small" onClick={() => workspace.newChat()}>
            Start a new one
          </Button>
        </ErrorCard>
      </div>
    );
  }
  if (chatId && !detail.data) {
    return (
      <div className="flex-1 p-7">
        <Spinner text="Reading the chat…" />
      </div>
    );
  }
  const loose = (detail.data?.messages ?? []).filter((message) => message.runId === null);
  if (!chatId || (threadRuns.length === 0 && loose.length === 0)) {
    return (
      <Welcome
        opening={opening}
        samples={samples}
        dataset={workspace.inUse[0] ?? null}
        onAsk={(question) => onAsk(question, [])}
      />
    );
  }
  return (
    <Thread
      chatId={chatId}
      runs={threadRuns}
      messages={loose}
      running={running !== null}
      renderRun={(run) => <RunEntry run={run} onRetry={onRetry} onSettings={onSettings} />}
    />
  );
}

type SampleList = Parameters<typeof Welcome>[0]["samples"];

function TopBar({ workspace, leftShown, rightShown, onLeft, onRight, onPalette }: CentreProps) {
  const title = workspace.chatId ? workspace.detail.data?.chat.title || "New chat" : "New chat";
  return (
    <header className="flex h-12 shrink-0 items-center gap-2 border-b border-line px-3">
      {!leftShown && <IconButton icon={PanelLeftOpen} label="Show the list" keys="Mod+B" onClick={onLeft} />}
      <h1 className="truncate pl-1 text-[0.8125rem] font-medium">{title}</h1>
      <div className="flex min-w-0 items-center gap-1 overflow-hidden">
        {workspace.inUse.map((dataset) => (
          <button
            key={dataset.id}
            type="button"
            onClick={() => {
              workspace.show(dataset);
              if (!rightShown) onRight();
            }}
            className="inline-flex h-6 max-w-44 items-center gap-1.5 rounded-md bg-sunken px-2 text-xs text-ink-2 hover:text-ink"
          >
            <Table2 className="size-3 shrink-0 text-ink-3" aria-hidden />
            <span className="truncate">{dataset.name}</span>
          </button>
        ))}
      </div>
      <span className="flex-1" />
      <Button size="small" kind="quiet" icon={Search} onClick={onPalette} data-testid="palette-open">
        Find <Kbd keys="Mod+K" />
      </Button>
      {!rightShown && (
        <IconButton icon={PanelRightOpen} label="Show the data" keys="Mod+D" onClick={onRight} />
      )}
    </header>
  );
}
