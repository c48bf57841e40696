import { CircleHelp, Info, type LucideIcon, TriangleAlert } from "lucide-react";
import type { DataWarning, Severity } from "@/api/types";
import { classes, count } from "@/components";
import { bySeverity } from "./reading";

const MOST_ROWS = 6;

const LOOK: Record<Severity, { icon: LucideIcon; card: string; text: string }> = {
  question: { icon: CircleHelp, card: "border-doubt-line bg-doubt-soft", text: "text-doubt" },
  warning: { icon: TriangleAlert, card: "border-doubt-line/60 bg-doubt-soft", text: "text-doubt" },
  info: { icon: Info, card: "border-line bg-raised", text: "text-ink-3" },
};

/** What to know before trusting the numbers, what matters most first, each with what can be done about it. */
export function Warnings({ warnings }: { warnings: DataWarning[] }) {
  return bySeverity(warnings).map(({ severity, title, warnings: group }) => {
    const { icon: Icon, text } = LOOK[severity];
    return (
      <section key={severity} aria-label={title} data-testid={`warnings-${severity}`} className="mt-2">
        <h3 className={classes("flex items-center gap-1.5 text-xs font-medium", text)}>
          <Icon className="size-3.5" aria-hidden />
          {title}
        </h3>
        {group.map((warning) => (
          <WarningCard key={warning.code + warning.message} warning={warning} />
        ))}
      </section>
    );
  });
}

function WarningCard({ warning }: { warning: DataWarning }) {
  return (
    <div
      className={classes("readable mt-1 rounded-lg border px-3 py-2 text-xs", LOOK[warning.severity].card)}
    >
      <p>{warning.message}</p>
      {warning.fix && <p className="mt-0.5 font-medium">{warning.fix}</p>}
      {whereOf(warning) && <p className="mt-0.5 text-ink-3">{whereOf(warning)}</p>}
    </div>
  );
}

function whereOf({ columns, rows, count: all }: DataWarning): string {
  const shown = rows.slice(0, MOST_ROWS);
  return [
    columns.length > 0 && `Columns: ${columns.join(", ")}`,
    shown.length > 0 && `Lines: ${shown.join(", ")}${rows.length > shown.length ? "…" : ""}`,
    all !== undefined && `${count(all)} in all`,
  ]
    .filter(Boolean)
    .join(" · ");
}
