import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

/** Where there is nothing yet: says what will be here and how it gets here. */
export function EmptyState({
  icon: Icon,
  title,
  children,
}: {
  icon: LucideIcon;
  title: string;
  children?: ReactNode;
}) {
  return (
    <div className="flex h-full flex-col items-center justify-center gap-1 px-8 py-10 text-center">
      <Icon className="mb-2 size-6 text-line-strong" strokeWidth={1.5} aria-hidden />
      <p className="font-medium text-ink-2">{title}</p>
      {children && <div className="max-w-72 text-[0.8125rem] text-ink-3">{children}</div>}
    </div>
  );
}
