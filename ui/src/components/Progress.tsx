interface ProgressProps {
  label: string;
  /** Null while it cannot be told. */
  percent: number | null;
  className?: string;
}

/** How much of something is done. */
export function Progress({ label, percent, className = "" }: ProgressProps) {
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuenow={percent ?? undefined}
      aria-valuemin={0}
      aria-valuemax={100}
      className={`h-1.5 overflow-hidden rounded-full bg-sunken ${className}`}
    >
      <div
        className={
          percent === null ? "pulse-dot h-full w-full bg-accent/50" : "h-full bg-accent transition-[width]"
        }
        style={percent === null ? undefined : { width: `${percent}%` }}
      />
    </div>
  );
}
