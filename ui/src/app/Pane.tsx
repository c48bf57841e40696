import { type KeyboardEvent, type PointerEvent, type ReactNode, useState } from "react";
import { classes } from "@/components";

const KEY_STEP_PX = 24;

interface PaneProps {
  side: "left" | "right";
  label: string;
  width: number;
  narrowest: number;
  widest: number;
  onWidth: (width: number) => void;
  children: ReactNode;
}

/** A pane at the edge of the window whose inner border can be dragged, or moved with the arrow keys. */
export function Pane({ side, label, width, narrowest, widest, onWidth, children }: PaneProps) {
  const [dragging, setDragging] = useState(false);
  const within = (wanted: number) => Math.round(Math.min(widest, Math.max(narrowest, wanted)));
  const shown = within(width);

  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    const handle = event.currentTarget;
    const from = { x: event.clientX, width: shown };
    handle.setPointerCapture(event.pointerId);
    setDragging(true);
    const move = (moved: globalThis.PointerEvent) => {
      const by = moved.clientX - from.x;
      onWidth(within(from.width + (side === "left" ? by : -by)));
    };
    const end = () => {
      setDragging(false);
      handle.removeEventListener("pointermove", move);
    };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("lostpointercapture", end, { once: true });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const outward: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 };
    const step = outward[event.key];
    if (!step) return;
    event.preventDefault();
    onWidth(within(shown + step * KEY_STEP_PX * (side === "left" ? 1 : -1)));
  };

  return (
    <aside
      aria-label={label}
      style={{ width: shown }}
      className={classes(
        "relative flex h-full shrink-0 flex-col",
        side === "left" ? "border-r" : "border-l",
        "border-line",
      )}
    >
      {children}
      {/* biome-ignore lint/a11y/useSemanticElements: a splitter is a focusable separator, which hr is not */}
      <div
        role="separator"
        aria-orientation="vertical"
        aria-label={`Width of ${label}`}
        aria-valuenow={shown}
        aria-valuemin={narrowest}
        aria-valuemax={widest}
        tabIndex={0}
        onPointerDown={onPointerDown}
        onKeyDown={onKeyDown}
        className={classes(
          "absolute inset-y-0 z-10 w-1.5 cursor-col-resize transition-colors hover:bg-accent-line",
          side === "left" ? "-right-[3px]" : "-left-[3px]",
          dragging && "bg-accent",
        )}
      />
    </aside>
  );
}
