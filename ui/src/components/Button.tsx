import type { LucideIcon } from "lucide-react";
import type { ComponentProps } from "react";
import { classes } from "./classes";
import { Hint } from "./Hint";

type Kind = "primary" | "plain" | "quiet" | "danger";

const LOOK: Record<Kind, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong hover:text-surface font-medium",
  plain: "bg-surface border border-line-strong hover:bg-raised hover:border-ink-3",
  quiet: "text-ink-2 hover:bg-sunken hover:text-ink",
  danger: "text-bad border border-bad-line bg-surface hover:bg-bad-soft",
};

export interface ButtonProps extends ComponentProps<"button"> {
  kind?: Kind;
  size?: "small" | "medium";
  icon?: LucideIcon;
}

export function Button({
  kind = "plain",
  size = "medium",
  icon: Icon,
  className,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      className={classes(
        "inline-flex shrink-0 items-center justify-center gap-1.5 whitespace-nowrap rounded-lg transition-colors",
        "disabled:pointer-events-none disabled:opacity-45",
        size === "small" ? "h-7 px-2.5 text-xs" : "h-8.5 px-3.5 text-[0.8125rem]",
        LOOK[kind],
        className,
      )}
      {...rest}
    >
      {Icon && <Icon className="size-3.5 shrink-0" aria-hidden />}
      {children}
    </button>
  );
}

interface IconButtonProps extends ComponentProps<"button"> {
  icon: LucideIcon;
  /** What it does; read aloud and shown on hover. */
  label: string;
  /** Shown with the label, for example `Ctrl+K`. */
  keys?: string;
  active?: boolean;
}

export function IconButton({ icon: Icon, label, keys, active, className, ...rest }: IconButtonProps) {
  return (
    <Hint text={label} keys={keys}>
      <button
        type="button"
        aria-label={label}
        aria-pressed={active}
        className={classes(
          "inline-flex size-7 shrink-0 items-center justify-center rounded-md text-ink-3 transition-colors",
          "hover:bg-sunken hover:text-ink disabled:pointer-events-none disabled:opacity-40",
          active && "text-accent",
          className,
        )}
        {...rest}
      >
        <Icon className="size-4" aria-hidden />
      </button>
    </Hint>
  );
}
