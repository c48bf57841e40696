/** Key combinations are written `Mod+Shift+K`; `Mod` is Command on a Mac and Ctrl elsewhere. */
const isMac = typeof navigator !== "undefined" && /Mac/.test(navigator.platform ?? "");

const MAC_NAMES: Record<string, string> = { Mod: "⌘", Shift: "⇧", Alt: "⌥", Enter: "↩" };
const OTHER_NAMES: Record<string, string> = { Mod: "Ctrl" };

export function keyLabel(keys: string): string {
  const names = isMac ? MAC_NAMES : OTHER_NAMES;
  return keys
    .split("+")
    .map((key) => names[key] ?? key)
    .join(isMac ? "" : "+");
}

type KeyPress = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

/** Whether this key press is the combination. Shift is not looked at for signs such as `?`, which need it. */
export function pressed(event: KeyPress, keys: string): boolean {
  const parts = keys.split("+");
  const key = parts.pop() ?? "";
  const mod = isMac ? event.metaKey : event.ctrlKey;
  if (parts.includes("Mod") !== mod || event.altKey) return false;
  if (/^[a-z]$/i.test(key) && parts.includes("Shift") !== event.shiftKey) return false;
  return event.key.toLowerCase() === key.toLowerCase();
}
