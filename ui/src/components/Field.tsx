import { ChevronDown } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { classes } from "./classes";

const BOX =
  "h-8.5 w-full rounded-lg border border-line-strong bg-surface px-3 text-[0.8125rem] placeholder:text-ink-3 hover:border-ink-3 focus:border-accent";

export const fieldBox = BOX;

interface FieldProps {
  label: string;
  hint?: ReactNode;
  children: ReactNode;
}

/** A label above its control. The control must be the only form element inside. */
export function Field({ label, hint, children }: FieldProps) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label className="block">
      <span className="mb-1 block text-[0.8125rem] font-medium">{label}</span>
      {children}
      {hint && <span className="mt-1 block text-xs text-ink-3">{hint}</span>}
    </label>
  );
}

export function TextInput({ className, ...rest }: ComponentProps<"input">) {
  return (
    <input spellCheck={false} autoComplete="off" className={classes("readable", BOX, className)} {...rest} />
  );
}

export function Select({ className, children, ...rest }: ComponentProps<"select">) {
  return (
    <span className="relative block">
      <select className={classes(BOX, "appearance-none pr-8", className)} {...rest}>
        {children}
      </select>
      <ChevronDown
        className="pointer-events-none absolute top-2.5 right-2.5 size-3.5 text-ink-3"
        aria-hidden
      />
    </span>
  );
}
