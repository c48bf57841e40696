import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode, RefObject } from "react";
import { classes } from "./classes";

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: ReactNode;
  /** Width as a class, for example `w-120`. */
  width?: string;
  initialFocus?: RefObject<HTMLElement | null>;
  children: ReactNode;
  /** No padding: the content has its own layout. */
  flush?: boolean;
}

export function Dialog({
  open,
  onClose,
  title,
  description,
  width = "w-120",
  initialFocus,
  children,
  flush,
}: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-30 bg-shade" />
        <Base.Popup
          initialFocus={initialFocus}
          className={classes(
            "pop-in fixed top-1/2 left-1/2 z-30 flex max-h-[min(46rem,calc(100vh-3rem))] max-w-[calc(100vw-3rem)] -translate-x-1/2 -translate-y-1/2 flex-col",
            "overflow-hidden rounded-2xl border border-line bg-surface shadow-pop outline-none",
            width,
          )}
        >
          <header className="flex items-start gap-4 border-b border-line px-5 py-3.5">
            <div className="min-w-0 flex-1">
              <Base.Title className="text-base font-semibold tracking-tight">{title}</Base.Title>
              {description && (
                <Base.Description className="mt-0.5 text-[0.8125rem] text-ink-2">
                  {description}
                </Base.Description>
              )}
            </div>
            <Base.Close
              aria-label="Close"
              className="-mr-1.5 inline-flex size-7 items-center justify-center rounded-md text-ink-3 hover:bg-sunken hover:text-ink"
            >
              <X className="size-4" aria-hidden />
            </Base.Close>
          </header>
          <div className={classes("min-h-0 flex-1 overflow-y-auto", !flush && "px-5 py-4")}>{children}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
