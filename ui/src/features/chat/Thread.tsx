import { ArrowDown } from "lucide-react";
import { Fragment, type ReactNode, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
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
  /** The last run is at work. */
  running: boolean;
  renderRun: (run: Run) => ReactNode;
}

/**
 * A chat from its beginning. While a run is at work it follows what is being written; when the run is done, and when
 * a chat is opened, the last question stands at the top with its answer below. Whoever scrolls is left alone.
 */
export function Thread({ chatId, runs, messages, running, renderRun }: ThreadProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [away, setAway] = useState(false);
  const following = useRef(true);
  const isRunning = useRef(running);
  isRunning.current = running;

  const toEnd = useCallback((behavior: ScrollBehavior) => {
    const box = scroller.current;
    box?.scrollTo({ top: box.scrollHeight, behavior });
  }, []);

  const follow = useCallback(() => {
    const box = scroller.current;
    if (!box || !following.current) return;
    const last = box.firstElementChild?.lastElementChild as HTMLElement | null;
    if (isRunning.current || !last) toEnd("auto");
    else box.scrollTo({ top: last.offsetTop - box.offsetTop - ABOVE_PX });
  }, [toEnd]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another chat or a new question is followed anew
  useLayoutEffect(() => {
    following.current = true;
    follow();
  }, [chatId, runs.length, follow]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what a run ends with moves the answer to the top
  useLayoutEffect(follow, [running, follow]);

  useEffect(() => {
    const content = scroller.current?.firstElementChild;
    if (!content) return;
    const observer = new ResizeObserver(follow);
    observer.observe(content);
    return () => observer.disconnect();
  }, [follow]);

  useEffect(() => {
    const box = scroller.current;
    if (!box) return;
    // The reader takes over: what opens under the hand must not jump.
    const takeOver = () => {
      following.current = false;
    };
    const hands = ["wheel", "pointerdown", "keydown"] as const;
    for (const name of hands) box.addEventListener(name, takeOver, { passive: true });
    return () => {
      for (const name of hands) box.removeEventListener(name, takeOver);
    };
  }, []);

  const onScroll = () => {
    const box = scroller.current;
    if (!box) return;
    const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
    if (atEnd && isRunning.current) following.current = true;
    setAway(!atEnd);
  };

  return (
    <div className="relative min-h-0 flex-1">
      <div ref={scroller} onScroll={onScroll} className="h-full overflow-y-auto">
        <div className="mx-auto flex max-w-200 flex-col gap-12 px-7 pt-7 pb-10" role="log" aria-label="Chat">
          {entries(runs, messages, renderRun).map(({ id, content }) => (
            <Fragment key={id}>{content}</Fragment>
          ))}
        </div>
      </div>
      {away && (
        <Button
          size="small"
          icon={ArrowDown}
          className="absolute right-5 bottom-3 rounded-full! shadow-pop"
          onClick={() => toEnd("smooth")}
        >
          To the end
        </Button>
      )}
    </div>
  );
}

/** Room left above a question that is brought to the top. */
const ABOVE_PX = 24;

type Entry = { id: string; at: string; content: ReactNode };

function entries(runs: Run[], messages: Message[], renderRun: ThreadProps["renderRun"]): Entry[] {
  const ofRuns = runs.map((run) => ({ id: run.id, at: run.startedAt, content: renderRun(run) }));
  const ofMessages = messages.map((message) => ({
    id: message.id,
    at: message.at,
    content: <Markdown text={message.text} />,
  }));
  return [...ofRuns, ...ofMessages].sort((a, b) => a.at.localeCompare(b.at));
}
