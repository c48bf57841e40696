import { Popover as Base } from "@base-ui/react/popover";
import type { ReactElement, ReactNode } from "react";
import { classes } from "./classes";

interface PopoverProps {
  trigger: ReactElement<Record<string, unknown>>;
  title?: string;
  side?: "top" | "bottom";
  align?: "start" | "center" | "end";
  className?: string;
  /** When given, the parent decides. */
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  children: ReactNode;
}

export function Popover({
  trigger,
  title,
  side = "bottom",
  align = "start",
  className,
  open,
  onOpenChange,
  children,
}: PopoverProps) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange && ((next) => onOpenChange(next))}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner side={side} align={align} sideOffset={6} className="z-40">
          <Base.Popup
            className={classes(
              "pop-in max-h-[min(30rem,80vh)] overflow-y-auto rounded-xl border border-line bg-surface p-3 shadow-pop outline-none",
              className,
            )}
          >
            {title && <Base.Title className="mb-2 text-[0.8125rem] font-semibold">{title}</Base.Title>}
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
