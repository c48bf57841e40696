import type { RunEvent } from "@/api/types";

const files = import.meta.glob<string>("./runs/*.jsonl", { query: "?raw", import: "default", eager: true });

/** A recorded run of `tests/runs/`, event by event. */
export function recording(name: string): RunEvent[] {
  const text = files[`./runs/${name}.jsonl`];
  if (!text) throw new Error(`There is no recording ${name}`);
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as RunEvent);
}
