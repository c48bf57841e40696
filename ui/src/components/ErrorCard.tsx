import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { AppError } from "@/api/types";
import { classes } from "./classes";

interface ErrorCardProps {
  error: Pick<AppError, "message" | "hint">;
  title?: string;
  className?: string;
  /** Buttons: what to do next. */
  children?: ReactNode;
}

/** What happened, what was kept, what to do next. */
export function ErrorCard({ error, title, className, children }: ErrorCardProps) {
  return (
    <div
      role="alert"
      data-testid="error-card"
      className={classes("flex gap-3 rounded-card border border-bad-line bg-bad-soft px-4 py-3", className)}
    >
      <CircleAlert className="mt-0.5 size-4 shrink-0 text-bad" aria-hidden />
      <div className="readable min-w-0 flex-1">
        {title && <p className="font-semibold">{title}</p>}
        <p className={title ? "text-ink-2" : "font-medium"}>{error.message}</p>
        {error.hint && <p className="mt-0.5 text-[0.8125rem] text-ink-2">{error.hint}</p>}
        {children && <div className="mt-2.5 flex flex-wrap gap-2">{children}</div>}
      </div>
    </div>
  );
}
