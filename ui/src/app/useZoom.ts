import { useCallback, useEffect, useRef } from "react";
import { usePersisted } from "@/components";

const SIZES = [80, 90, 100, 110, 125, 150];
const NORMAL = SIZES.indexOf(100);

/** The size of everything, in steps; 0 goes back to normal. */
export function useZoom(): (step: -1 | 0 | 1) => void {
  const [index, setIndex] = usePersisted("zoom", NORMAL);
  const current = useRef(index);
  current.current = index;
  useEffect(() => {
    document.documentElement.style.fontSize = `${SIZES[index] ?? 100}%`;
  }, [index]);
  return useCallback(
    (step) => setIndex(step === 0 ? NORMAL : Math.min(SIZES.length - 1, Math.max(0, current.current + step))),
    [setIndex],
  );
}
