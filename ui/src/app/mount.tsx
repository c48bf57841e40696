import { Tooltip } from "@base-ui/react/tooltip";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ClientProvider, createClient, invalidate } from "@/api/client";
import type { Host } from "@/api/host";
import { ToastProvider } from "@/components";
import { RunStore, RunStoreProvider } from "@/features/run";
import { App } from "./App";
import { ErrorBoundary } from "./ErrorBoundary";
import { applyRememberedTheme } from "./theme";

/** Builds the window's content around a host. */
export function createWindow(host: Host) {
  const client = createClient(host);
  const queries = new QueryClient({
    defaultOptions: {
      // The core answers at once or not at all; the network is none of this window's business.
      queries: { retry: false, staleTime: 30_000, refetchOnWindowFocus: false, networkMode: "always" },
      mutations: { retry: false, networkMode: "always", gcTime: 0 },
    },
  });
  const runs = new RunStore(client, () => void invalidate(queries, ["chat", "usage"]));
  return (
    <QueryClientProvider client={queries}>
      <ClientProvider value={client}>
        <RunStoreProvider value={runs}>
          <Tooltip.Provider delay={450}>
            <ToastProvider>
              <ErrorBoundary>
                <App />
              </ErrorBoundary>
            </ToastProvider>
          </Tooltip.Provider>
        </RunStoreProvider>
      </ClientProvider>
    </QueryClientProvider>
  );
}

export function mount(root: HTMLElement | null, host: Host): void {
  if (!root) throw new Error("BUG: the page has no root element");
  applyRememberedTheme();
  // The window's own menu of the web view offers only what makes no sense here, except in text.
  document.addEventListener("contextmenu", (event) => {
    const target = event.target as HTMLElement | null;
    if (!target?.closest(".readable, input, textarea")) event.preventDefault();
  });
  // A file that misses Tauri's own drop handling must not be opened in place of the window.
  for (const name of ["dragover", "drop"]) document.addEventListener(name, (event) => event.preventDefault());
  createRoot(root).render(<StrictMode>{createWindow(host)}</StrictMode>);
}
