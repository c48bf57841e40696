import { ArrowDown } from "lucide-react";
import { type ReactNode, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Message, Run } from "@/api/types";
import { Button } from "@/components";
import { Markdown } from "@/components/markdown";

/** So near to the end counts as being there. */
const NEAR_PX = 80;

interface ThreadProps {
  chatId: string;
  runs: Run[];
  /** Messages that no run tells of. */
  messages: Message[];
  renderRun: (run: Run) => ReactNode;
}

type Entry = { id: string; at: string; content: ReactNode };

/** A chat from its beginning. Follows what is being written, unless the reader has scrolled away. */
export function Thread({ chatId, runs, messages, renderRun }: ThreadProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [away, setAway] = useState(false);
  const following = useRef(true);

  const toEnd = useCallback((smooth: boolean) => {
    const box = scroller.current;
    box?.scrollTo({ top: box.scrollHeight, behavior: smooth ? "smooth" : "auto" });
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another chat, or a new question, starts at its end
  useLayoutEffect(() => {
    following.current = true;
    toEnd(false);
  }, [chatId, runs.length, toEnd]);

  useEffect(() => {
    const content = scroller.current?.firstElementChild;
    if (!content) return;
    const observer = new ResizeObserver(() => following.current && toEnd(false));
    observer.observe(content);
    return () => observer.disconnect();
  }, [toEnd]);

  const onScroll = () => {
    const box = scroller.current;
    if (!box) return;
    const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
    following.current = atEnd;
    setAway(!atEnd);
  };

  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        onScroll={onScroll}
        // Reading on the way: what opens under the reader's hand must not jump.
        onPointerDown={() => {
          following.current = false;
        }}
        className="h-full overflow-y-auto"
      >
        <div className="mx-auto flex max-w-200 flex-col gap-12 px-7 pt-7 pb-10" role="log" aria-label="Chat">
          {entries(runs, messages, renderRun).map(({ id, content }) => (
            <div key={id}>{content}</div>
          ))}
        </div>
      </div>
      {away && (
        <Button
          size="small"
          icon={ArrowDown}
          className="absolute bottom-3 left-1/2 -translate-x-1/2 rounded-full! shadow-pop"
          onClick={() => toEnd(true)}
        >
          To the end
        </Button>
      )}
    </div>
  );
}

function entries(runs: Run[], messages: Message[], renderRun: ThreadProps["renderRun"]): Entry[] {
  const ofRuns = runs.map((run) => ({ id: run.id, at: run.startedAt, content: renderRun(run) }));
  const ofMessages = messages.map((message) => ({
    id: message.id,
    at: message.at,
    content: <Markdown text={message.text} />,
  }));
  return [...ofRuns, ...ofMessages].sort((a, b) => a.at.localeCompare(b.at));
}
