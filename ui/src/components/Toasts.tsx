import { X } from "lucide-react";
import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from "react";

const STAYS_MS = 6000;

interface Toast {
  id: number;
  text: string;
  action?: { label: string; run: () => void };
}

export interface ToastOptions {
  action?: Toast["action"];
  /** Called once the toast is gone without its action having been taken. */
  onExpire?: () => void;
}

type Show = (text: string, options?: ToastOptions) => void;

const ToastContext = createContext<Show>(() => {});

/** Shows a short message, with one action at most. */
export const useToast = () => useContext(ToastContext);

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const next = useRef(1);
  const expire = useRef(new Map<number, () => void>());

  const close = useCallback((id: number, acted: boolean) => {
    setToasts((list) => list.filter((toast) => toast.id !== id));
    const onExpire = expire.current.get(id);
    expire.current.delete(id);
    if (!acted) onExpire?.();
  }, []);

  const show = useCallback<Show>(
    (text, { action, onExpire } = {}) => {
      const id = next.current++;
      expire.current.set(id, onExpire ?? (() => {}));
      setToasts((list) => [...list.slice(-2), { id, text, action }]);
      setTimeout(() => expire.current.has(id) && close(id, false), STAYS_MS);
    },
    [close],
  );

  const list = useMemo(
    () =>
      toasts.map((toast) => (
        <li
          key={toast.id}
          className="pop-in flex items-center gap-3 rounded-lg bg-ink py-2 pr-2 pl-3.5 text-[0.8125rem] text-paper shadow-pop"
        >
          <span>{toast.text}</span>
          {toast.action && (
            <button
              type="button"
              className="rounded-md px-2 py-0.5 font-semibold underline underline-offset-2 hover:bg-paper/15"
              onClick={() => {
                toast.action?.run();
                close(toast.id, true);
              }}
            >
              {toast.action.label}
            </button>
          )}
          <button
            type="button"
            aria-label="Dismiss"
            className="rounded-md p-1 opacity-70 hover:bg-paper/15 hover:opacity-100"
            onClick={() => close(toast.id, false)}
          >
            <X className="size-3.5" aria-hidden />
          </button>
        </li>
      )),
    [toasts, close],
  );

  return (
    <ToastContext value={show}>
      {children}
      <ul
        aria-live="polite"
        className="fixed bottom-5 left-1/2 z-50 flex -translate-x-1/2 flex-col items-center gap-2"
      >
        {list}
      </ul>
    </ToastContext>
  );
}
