import { classes } from "./classes";
import { keyLabel } from "./keys";

/** A key combination as it is called on this system. */
export function Kbd({ keys, inverse }: { keys: string; inverse?: boolean }) {
  return (
    <kbd
      className={classes(
        "rounded px-1 py-px font-sans text-2xs tabular",
        inverse ? "bg-paper/20" : "border border-line bg-raised text-ink-3",
      )}
    >
      {keyLabel(keys)}
    </kbd>
  );
}
