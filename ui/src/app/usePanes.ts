import { useSyncExternalStore } from "react";
import { usePersisted } from "@/components";

/** What the thread needs to be read with ease. */
const CENTRE_PX = 440;
export const LEFT_PX = { narrowest: 200, widest: 380 };
export const RIGHT_NARROWEST_PX = 280;

/** Which panes are shown, and how wide: remembered from one start to the next, and giving way in a small window. */
export function usePanes() {
  const [left, setLeft] = usePersisted("pane.left", true);
  const [right, setRight] = usePersisted("pane.right", true);
  const [leftWidth, setLeftWidth] = usePersisted("pane.leftWidth", 250);
  const [rightWidth, setRightWidth] = usePersisted("pane.rightWidth", 420);
  const windowWidth = useSyncExternalStore(onResize, () => window.innerWidth);
  const rightWidest = Math.max(RIGHT_NARROWEST_PX, windowWidth - (left ? leftWidth : 0) - CENTRE_PX);
  return {
    left,
    right,
    leftWidth,
    rightWidth,
    rightWidest,
    setLeftWidth,
    setRightWidth,
    toggleLeft: () => setLeft(!left),
    toggleRight: () => setRight(!right),
    showRight: () => setRight(true),
  };
}

function onResize(listener: () => void) {
  window.addEventListener("resize", listener);
  return () => window.removeEventListener("resize", listener);
}
