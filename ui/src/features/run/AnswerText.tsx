import { type ReactNode, useCallback, useMemo } from "react";
import type { Claim, ClaimStatus } from "@/api/types";
import { classes, Hint } from "@/components";
import { Markdown } from "@/components/markdown";
import { markClaims } from "./claims";

/** An answer with its numbers marked: checked quietly, doubtful plainly. */
export function AnswerText({ text, claims }: { text: string; claims: Claim[] }) {
  const after = useMemo(() => [markClaims(claims)], [claims]);
  const renderMark = useCallback(
    (mark: string, children: ReactNode) => {
      const claim = claims[Number(mark)];
      return claim ? <ClaimMark claim={claim}>{children}</ClaimMark> : children;
    },
    [claims],
  );
  return <Markdown text={text} after={after} renderMark={renderMark} />;
}

function ClaimMark({ claim, children }: { claim: Claim; children: ReactNode }) {
  const { artifactId } = claim;
  return (
    <Hint side="top" text={explain(claim)}>
      {/* biome-ignore lint/a11y/useSemanticElements: a button cannot break across lines as text does */}
      <span
        role="button"
        tabIndex={0}
        data-testid="claim"
        data-status={claim.status}
        aria-description={explain(claim)}
        className={classes("claim", `claim-${claim.status}`)}
        onClick={() => artifactId && showArtifact(artifactId)}
        onKeyDown={(event) => event.key === "Enter" && artifactId && showArtifact(artifactId)}
      >
        {children}
      </span>
    </Hint>
  );
}

export function explain(claim: Claim): string {
  const from = claim.source ? `: ${claim.source}` : "";
  const words: Record<ClaimStatus, string> = {
    verified: `✓ Checked against what the code computed${from}`,
    derived: `✓ Follows from checked values${from}`,
    unverified: "Not found in anything the code computed. Doubt it.",
  };
  return words[claim.status];
}

export const artifactAnchor = (id: string) => `artifact-${id}`;

function showArtifact(id: string) {
  const card = document.getElementById(artifactAnchor(id));
  card?.closest("details")?.setAttribute("open", "");
  card?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  card?.animate?.([{ outlineColor: "var(--accent)" }, { outlineColor: "transparent" }], { duration: 1200 });
}
