import { ArrowUp, Square } from "lucide-react";
import {
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import type { AgentInfo } from "@/api/types";
import { Button, classes, Hint } from "@/components";
import { mentionAt, mentionedAgents, type PartialMention, suggestAgents } from "./mentions";

const TALLEST_PX = 200;

export interface QuestionBoxHandle {
  focus: () => void;
  fill: (text: string) => void;
}

interface QuestionBoxProps {
  agents: AgentInfo[];
  /** What Up brings back. */
  lastQuestion: string | null;
  running: boolean;
  stopping: boolean;
  /** Why nothing can be asked yet; null when it can. */
  blocked: string | null;
  onAsk: (question: string, agents: string[]) => void;
  onStop: () => void;
  /** Facts about what will happen: model, privacy. */
  chips: ReactNode;
  handle?: Ref<QuestionBoxHandle>;
}

export function QuestionBox(props: QuestionBoxProps) {
  const { agents, lastQuestion, running, stopping, blocked, onAsk, onStop, chips, handle } = props;
  const [text, setText] = useState("");
  const [mention, setMention] = useState<PartialMention | null>(null);
  const [picked, setPicked] = useState(0);
  const input = useRef<HTMLTextAreaElement>(null);
  const listId = useId();
  const suggestions = mention ? suggestAgents(mention.typed, agents) : [];
  const open = suggestions.length > 0;
  const canAsk = text.trim() !== "" && !running && !blocked;

  useImperativeHandle(handle, () => ({
    focus: () => input.current?.focus(),
    fill: (question) => {
      setText(question);
      requestAnimationFrame(() => input.current?.focus());
    },
  }));

  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => {
    const box = input.current;
    if (!box) return;
    box.style.height = "auto";
    box.style.height = `${Math.min(TALLEST_PX, box.scrollHeight)}px`;
  }, [text]);

  const ask = () => {
    if (!canAsk) return;
    onAsk(text.trim(), mentionedAgents(text, agents));
    setText("");
    setMention(null);
  };

  const complete = (agent: AgentInfo) => {
    if (!mention) return;
    const end = mention.start + 1 + mention.typed.length;
    setText(`${text.slice(0, mention.start)}@${agent.name} ${text.slice(end).trimStart()}`);
    setMention(null);
    input.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return;
    if (open && chooseByKey(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      ask();
    } else if (event.key === "ArrowUp" && text === "" && lastQuestion) {
      event.preventDefault();
      setText(lastQuestion);
    }
  };

  /** Keys that belong to the list of agents while it is open. */
  const chooseByKey = (event: KeyboardEvent): boolean => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    const agent = suggestions[picked % suggestions.length];
    if (step) setPicked((picked + step + suggestions.length) % suggestions.length);
    else if ((event.key === "Enter" || event.key === "Tab") && agent) complete(agent);
    else if (event.key === "Escape") setMention(null);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };

  const track = (value: string, caret: number) => {
    setMention(mentionAt(value, caret));
    setPicked(0);
  };

  return (
    <div className="relative rounded-2xl border border-line-strong bg-surface shadow-card transition-colors focus-within:border-accent">
      {open && <Suggestions id={listId} agents={suggestions} picked={picked} onPick={complete} />}
      <textarea
        ref={input}
        rows={1}
        value={text}
        data-testid="question-input"
        aria-label="Question"
        aria-haspopup="listbox"
        aria-controls={open ? listId : undefined}
        aria-activedescendant={open ? `${listId}-${picked}` : undefined}
        aria-autocomplete="list"
        placeholder={blocked ?? "Ask about your data…   @ names an agent"}
        onChange={(event) => {
          setText(event.target.value);
          track(event.target.value, event.target.selectionStart);
        }}
        onBlur={() => setMention(null)}
        onKeyDown={onKeyDown}
        className="readable block max-h-50 w-full resize-none bg-transparent px-4 pt-3 pb-1 text-[0.9375rem] leading-normal outline-none placeholder:text-ink-3"
      />
      <div className="flex items-center gap-2 px-2.5 pt-1 pb-2">
        <div className="flex min-w-0 flex-1 items-center gap-1.5">{chips}</div>
        {running ? (
          <Hint text="Stop model and code; what is done is kept" keys="Esc" side="top">
            <Button
              data-testid="stop"
              icon={Square}
              disabled={stopping}
              onClick={onStop}
              className="border-bad-line! text-bad [&_svg]:fill-current"
            >
              {stopping ? "Stopping…" : "Stop"}
            </Button>
          </Hint>
        ) : (
          <Button kind="primary" data-testid="send" icon={ArrowUp} disabled={!canAsk} onClick={ask}>
            Ask
          </Button>
        )}
      </div>
    </div>
  );
}

interface SuggestionsProps {
  id: string;
  agents: AgentInfo[];
  picked: number;
  onPick: (agent: AgentInfo) => void;
}

function Suggestions({ id, agents, picked, onPick }: SuggestionsProps) {
  return (
    <div
      id={id}
      role="listbox"
      aria-label="Agents"
      className="pop-in absolute bottom-full left-0 z-20 mb-2 max-h-72 w-full max-w-md overflow-y-auto rounded-xl border border-line bg-surface p-1 shadow-pop"
    >
      {agents.map((agent, index) => (
        <div
          key={agent.name}
          id={`${id}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === picked}
          // Before the box loses the focus.
          onMouseDown={(event) => {
            event.preventDefault();
            onPick(agent);
          }}
          className={classes(
            "rounded-lg px-2.5 py-1.5",
            index === picked ? "bg-accent-soft" : "hover:bg-sunken",
          )}
        >
          <p className="flex items-baseline gap-2 text-[0.8125rem]">
            <span className="font-medium">{agent.displayName}</span>
            <span className="font-mono text-2xs text-ink-3">@{agent.name}</span>
          </p>
          <p className="truncate text-xs text-ink-3">{agent.description}</p>
        </div>
      ))}
    </div>
  );
}
