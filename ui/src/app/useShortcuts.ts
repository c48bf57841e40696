import { useEffect, useRef } from "react";
import { pressed } from "@/components";
import type { Action } from "./actions";

/** Runs actions by their keys, wherever the focus is. Signs such as `?` wait while something is being typed. */
export function useShortcuts(actions: Action[], onEscape: () => void): void {
  const latest = useRef({ actions, onEscape });
  latest.current = { actions, onEscape };
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      // Dialogs, menus and popovers close themselves by Escape first.
      if (event.key === "Escape" && !document.querySelector("[role=dialog], [role=menu], [role=listbox]")) {
        latest.current.onEscape();
        return;
      }
      const typing = isTyping(event.target);
      const action = latest.current.actions.find(({ keys, evenWhenTyping }) =>
        keys.some((key) => pressed(event, key) && (evenWhenTyping || key.startsWith("Mod+") || !typing)),
      );
      if (!action) return;
      event.preventDefault();
      action.run();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}
