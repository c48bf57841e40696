import { Copy, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "../Button";
import { copyText } from "../clipboard";
import { Popover } from "../Popover";

/** Longer queries may carry data out. */
const LONG_QUERY = 64;

/** A link never opens by itself: it shows where it leads, in full, to be copied. */
export function SafeLink({ href, children }: { href?: string; children?: ReactNode }) {
  const target = fullAddress(href);
  if (!target) return <span>{children}</span>;
  return (
    <Popover
      title="This link leads to"
      className="w-96"
      trigger={
        <button
          type="button"
          className="text-accent underline decoration-accent-line underline-offset-2 hover:decoration-accent"
        >
          {children}
        </button>
      }
    >
      <p className="readable rounded-md bg-sunken px-2 py-1.5 font-mono text-xs break-all">{target.href}</p>
      {target.search.length > LONG_QUERY && (
        <p className="mt-2 flex gap-1.5 text-xs text-bad">
          <TriangleAlert className="mt-px size-3.5 shrink-0" aria-hidden />
          The address is unusually long and may carry data of yours to {target.hostname}.
        </p>
      )}
      <Button size="small" icon={Copy} className="mt-2.5" onClick={() => copyText(target.href)}>
        Copy address
      </Button>
    </Popover>
  );
}

/** The address as it would be opened, or null for anything but web and mail addresses. */
export function fullAddress(href: string | undefined): URL | null {
  if (!href) return null;
  try {
    const url = new URL(href);
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? url : null;
  } catch {
    return null;
  }
}
