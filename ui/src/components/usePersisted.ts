import { useCallback, useState } from "react";

const PREFIX = "auto-analyst.";

/** State of the window that outlives it: sizes of panes and the like. Never anything of the data. */
export function usePersisted<T>(name: string, initial: T): [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => read(name, initial));
  const set = useCallback(
    (next: T) => {
      setValue(next);
      try {
        localStorage.setItem(PREFIX + name, JSON.stringify(next));
      } catch {
        // Without storage the size is forgotten, which harms nobody.
      }
    },
    [name],
  );
  return [value, set];
}

function read<T>(name: string, initial: T): T {
  try {
    const stored = localStorage.getItem(PREFIX + name);
    return stored === null ? initial : (JSON.parse(stored) as T);
  } catch {
    return initial;
  }
}
