/** Characters that change what a reader sees without being seen are written out: `⟨U+202E⟩`. */
import type { Root, RootContent } from "hast";

// Zero-width (but the joiner that emoji need), bidirectional controls, byte order marks and tag characters.
const HIDDEN = /[\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

export function showHidden(text: string): string {
  return text.replace(
    HIDDEN,
    (c) => `⟨U+${(c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟩`,
  );
}

/** A rehype plugin. */
export function revealHidden() {
  const visit = (node: Root | RootContent) => {
    if (node.type === "text") node.value = showHidden(node.value);
    else if ("children" in node) node.children.forEach(visit);
  };
  return (tree: Root) => visit(tree);
}
