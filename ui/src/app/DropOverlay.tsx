import { FileDown } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useClient } from "@/api/client";

/** Takes files dropped anywhere on the window, and says so while they hover. */
export function DropOverlay({ onDrop }: { onDrop: (paths: string[]) => void }) {
  const { host } = useClient();
  const [over, setOver] = useState(false);
  const latest = useRef(onDrop);
  latest.current = onDrop;
  useEffect(
    () =>
      host.onFileDrag({
        enter: () => setOver(true),
        leave: () => setOver(false),
        drop: (paths) => {
          setOver(false);
          if (paths.length > 0) latest.current(paths);
        },
      }),
    [host],
  );
  if (!over) return null;
  return (
    <div
      role="status"
      data-testid="drop-overlay"
      className="pointer-events-none fixed inset-3 z-50 flex flex-col items-center justify-center gap-3 rounded-2xl border-2 border-dashed border-accent bg-accent-soft/95"
    >
      <FileDown className="size-10 text-accent" strokeWidth={1.4} aria-hidden />
      <p className="text-lg font-semibold">Drop to open</p>
      <p className="text-ink-2">The file is read where it lies and never changed.</p>
    </div>
  );
}
