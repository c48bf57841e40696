import { useEffect, useState } from "react";
import { duration } from "./format";

const TICK_MS = 100;

/** Time since `from`, counting until `to` is known. */
export function Elapsed({ from, to }: { from: string | null; to: string | null }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (to || !from) return;
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [from, to]);
  if (!from) return null;
  const until = to ? Date.parse(to) : now;
  return <span className="tabular">{duration(Math.max(0, until - Date.parse(from)))}</span>;
}
