import { ShieldAlert, ShieldCheck } from "lucide-react";
import type { Claim } from "@/api/types";
import { classes, Popover, plural } from "@/components";
import { explain } from "./AnswerText";

/** How many of the answer's numbers were found in what the code computed. */
export function Verification({ claims }: { claims: Claim[] }) {
  if (claims.length === 0) return null;
  const doubtful = claims.filter((claim) => claim.status === "unverified").length;
  const Icon = doubtful ? ShieldAlert : ShieldCheck;
  return (
    <Popover
      title="Where the numbers come from"
      className="w-104"
      trigger={
        <button
          type="button"
          className={classes(
            "inline-flex items-center gap-1.5 rounded-full border px-2.5 py-0.5 text-xs font-medium",
            doubtful
              ? "border-doubt-line bg-doubt-soft text-doubt"
              : "border-accent-line bg-accent-soft text-accent-strong",
          )}
        >
          <Icon className="size-3.5" aria-hidden />
          {doubtful
            ? `${doubtful} of ${plural(claims.length, "number")} not verified`
            : claims.length === 1
              ? "The number is verified"
              : `All ${claims.length} numbers verified`}
        </button>
      }
    >
      <ul className="flex flex-col gap-1.5">
        {claims.map((claim, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same number may be said twice
          <li key={index} className="readable grid grid-cols-[6rem_1fr] gap-2 text-xs">
            <span
              className={classes(
                "truncate text-right font-mono",
                claim.status === "unverified" ? "text-doubt" : "text-accent-strong",
              )}
            >
              {claim.text}
            </span>
            <span className="text-ink-2">{explain(claim)}</span>
          </li>
        ))}
      </ul>
    </Popover>
  );
}
