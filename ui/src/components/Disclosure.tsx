import { ChevronRight } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { classes } from "./classes";

interface DisclosureProps {
  label: ReactNode;
  /** At the far end of the line. */
  aside?: ReactNode;
  openAtFirst?: boolean;
  /** When given, the parent decides. */
  open?: boolean;
  onToggle?: (open: boolean) => void;
  testId?: string;
  className?: string;
  children: ReactNode;
}

/** A line that opens what is under it. What is closed is not in the page. */
export function Disclosure({
  label,
  aside,
  openAtFirst,
  open,
  onToggle,
  testId,
  className,
  children,
}: DisclosureProps) {
  const [own, setOwn] = useState(openAtFirst ?? false);
  const id = useId();
  const isOpen = open ?? own;
  return (
    <div className={className}>
      <div className="flex items-center gap-2">
        <button
          type="button"
          data-testid={testId}
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={() => {
            setOwn(!isOpen);
            onToggle?.(!isOpen);
          }}
          className="-ml-1 flex min-w-0 flex-1 items-center gap-1.5 rounded-md px-1 py-1 text-left text-[0.8125rem] text-ink-2 hover:text-ink"
        >
          <ChevronRight
            className={classes("size-3.5 shrink-0 text-ink-3 transition-transform", isOpen && "rotate-90")}
            aria-hidden
          />
          <span className="min-w-0 flex-1 truncate">{label}</span>
        </button>
        {aside}
      </div>
      <div id={id}>{isOpen && children}</div>
    </div>
  );
}
