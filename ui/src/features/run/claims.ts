/**
 * Finds the checked numbers in an answer's text. Runs on the sanitised tree, so that text can never pose as a mark:
 * marks are made here only.
 */
import type { Element, ElementContent, Root, Text } from "hast";
import type { Claim } from "@/api/types";

/** Text in these is quoted, not claimed. */
const NOT_IN = new Set(["code", "pre", "a"]);

/** A rehype plugin that wraps each claim's text into a `span` with `data-claim`, its number in `claims`. */
export function markClaims(claims: Claim[]) {
  const matcher = claimMatcher(claims);
  return () => (tree: Root) => {
    if (matcher) markChildren(tree, matcher);
  };
}

interface Matcher {
  pattern: RegExp;
  /** Claims that were said in the same words, in their order; a text said again keeps the last. */
  byText: Map<string, number[]>;
}

function claimMatcher(claims: Claim[]): Matcher | null {
  const byText = new Map<string, number[]>();
  claims.forEach((claim, index) => {
    const text = plain(claim.text);
    if (text) byText.set(text, [...(byText.get(text) ?? []), index]);
  });
  if (byText.size === 0) return null;
  const longestFirst = [...byText.keys()].sort((a, b) => b.length - a.length);
  const alternatives = longestFirst.map((text) => escapeRegExp(text).replace(/ /g, "[\\s\\u00a0\\u202f]+"));
  return { pattern: new RegExp(alternatives.join("|"), "gu"), byText };
}

function markChildren(parent: Root | Element, matcher: Matcher): void {
  const children: ElementContent[] = [];
  for (const child of parent.children as ElementContent[]) {
    if (child.type === "text") {
      children.push(...markText(child, matcher));
    } else {
      if (child.type === "element" && !NOT_IN.has(child.tagName)) markChildren(child, matcher);
      children.push(child);
    }
  }
  parent.children = children;
}

function markText(node: Text, { pattern, byText }: Matcher): ElementContent[] {
  const parts: ElementContent[] = [];
  let from = 0;
  for (const match of node.value.matchAll(pattern)) {
    const start = match.index;
    const end = start + match[0].length;
    if (start < from || !standsAlone(node.value, start, end)) continue;
    const queue = byText.get(plain(match[0]));
    const index = queue && queue.length > 1 ? queue.shift() : queue?.[0];
    if (index === undefined) continue;
    if (start > from) parts.push({ type: "text", value: node.value.slice(from, start) });
    parts.push({
      type: "element",
      tagName: "span",
      properties: { dataClaim: String(index) },
      children: [{ type: "text", value: match[0] }],
    });
    from = end;
  }
  if (from === 0) return [node];
  if (from < node.value.length) parts.push({ type: "text", value: node.value.slice(from) });
  return parts;
}

/** Whether the match is a number of its own, and not a piece of a longer one (`12` in `2,012` or `12.5`). */
function standsAlone(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - 2), start);
  const after = text.slice(end, end + 2);
  const startsLikeNumber = /^[\d.,−+-]/u.test(text.slice(start, end));
  if (startsLikeNumber && /(?:[\p{L}\p{N}_]|\d[.,])$/u.test(before)) return false;
  return (
    !/^(?:\d|[.,]\d)/.test(after) && !(/[\d\p{L}]$/u.test(text.slice(start, end)) && /^[\p{L}_]/u.test(after))
  );
}

const plain = (text: string) => text.replace(/[\s\u00a0\u202f]+/gu, " ").trim();
const escapeRegExp = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
