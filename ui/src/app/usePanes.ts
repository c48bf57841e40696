import { usePersisted } from "@/components";

/** Which panes are shown, and how wide: remembered from one start to the next. */
export function usePanes() {
  const [left, setLeft] = usePersisted("pane.left", true);
  const [right, setRight] = usePersisted("pane.right", true);
  const [leftWidth, setLeftWidth] = usePersisted("pane.leftWidth", 250);
  const [rightWidth, setRightWidth] = usePersisted("pane.rightWidth", 400);
  return {
    left,
    right,
    leftWidth,
    rightWidth,
    setLeftWidth,
    setRightWidth,
    toggleLeft: () => setLeft(!left),
    toggleRight: () => setRight(!right),
    showRight: () => setRight(true),
  };
}
