/**
 * Makes a streaming reply readable. Models that were asked for JSON stream JSON: the one field that people want
 * to read is taken out of it, as far as it has come. Plain text passes; a code fence around everything goes.
 */
const FIELDS: Record<string, string[]> = {
  write_code: ["code"],
  fix_code: ["code"],
  answer: ["text", "answer", "markdown"],
  chat: ["text", "answer", "reply", "markdown"],
  plan: ["reason"],
};

export function readableDraft(purpose: string, raw: string): string {
  const text = raw.trimStart();
  const body = text.replace(/^```[a-z]*\n?/i, "");
  if (!body.startsWith("{")) return body.replace(/\n?```\s*$/, "");
  for (const field of FIELDS[purpose] ?? []) {
    const value = partialField(body, field);
    if (value !== null) return value;
  }
  return "";
}

/** The text of a JSON string field, complete or not; null while it has not begun. */
function partialField(json: string, field: string): string | null {
  const start = new RegExp(`"${field}"\\s*:\\s*"`).exec(json);
  if (!start) return null;
  const from = start.index + start[0].length;
  let end = from;
  while (end < json.length && json[end] !== '"') end += json[end] === "\\" ? 2 : 1;
  // A stream may break inside an escape: the half escape waits for its rest.
  const literal = json
    .slice(from, Math.min(end, json.length))
    .replace(/\\(u[0-9a-fA-F]{0,3})?$/, (half, unicode) =>
      unicode !== undefined || half === "\\" ? "" : half,
    );
  try {
    return JSON.parse(`"${literal.replace(/\n/g, "\\n").replace(/\t/g, "\\t")}"`) as string;
  } catch {
    return literal;
  }
}
