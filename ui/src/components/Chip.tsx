import type { LucideIcon } from "lucide-react";
import type { ComponentProps } from "react";
import { classes } from "./classes";

interface ChipProps extends ComponentProps<"button"> {
  icon?: LucideIcon;
  tone?: "calm" | "safe" | "doubt" | "bad";
}

const TONE = {
  calm: "border-line bg-surface text-ink-2 hover:border-line-strong",
  safe: "border-accent-line bg-accent-soft text-accent-strong hover:border-accent",
  doubt: "border-doubt-line bg-doubt-soft text-doubt hover:border-doubt",
  bad: "border-bad-line bg-bad-soft text-bad hover:border-bad",
};

/** A small fact that can be pressed to change it. */
export function Chip({ icon: Icon, tone = "calm", className, children, ...rest }: ChipProps) {
  return (
    <button
      type="button"
      className={classes(
        "inline-flex h-6.5 min-w-0 max-w-full shrink items-center gap-1.5 rounded-full border px-2.5 text-xs transition-colors",
        TONE[tone],
        className,
      )}
      {...rest}
    >
      {Icon && <Icon className="size-3 shrink-0" aria-hidden />}
      <span className="truncate" title={typeof children === "string" ? children : undefined}>
        {children}
      </span>
    </button>
  );
}
