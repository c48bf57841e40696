/** The mark: bars that end in a tick. Computed, then checked. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={className} aria-hidden>
      <rect width="32" height="32" rx="8" fill="var(--accent)" />
      <rect x="7" y="17" width="4" height="8" rx="1.4" fill="var(--on-accent)" opacity="0.55" />
      <rect x="13.2" y="13" width="4" height="12" rx="1.4" fill="var(--on-accent)" opacity="0.8" />
      <path
        d="M18.6 20.2l3 3.4L27 9.5"
        fill="none"
        stroke="var(--on-accent)"
        strokeWidth="2.8"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

export function Brand() {
  return (
    <span className="flex items-center gap-2">
      <Mark className="size-6" />
      <span className="text-[0.9375rem] font-semibold tracking-[-0.02em]">Auto-Analyst</span>
    </span>
  );
}
