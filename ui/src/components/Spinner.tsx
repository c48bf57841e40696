import { LoaderCircle } from "lucide-react";

/** Never without words: what is being waited for. */
export function Spinner({ text, className = "" }: { text: string; className?: string }) {
  return (
    <span role="status" className={`inline-flex items-center gap-2 text-[0.8125rem] text-ink-2 ${className}`}>
      <LoaderCircle className="size-3.5 animate-spin text-accent" aria-hidden />
      {text}
    </span>
  );
}
