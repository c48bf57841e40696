/** The desktop window as a host. The only file that knows Tauri. */
import { Channel, invoke } from "@tauri-apps/api/core";
import { type EventCallback, listen } from "@tauri-apps/api/event";
import { getCurrentWebview } from "@tauri-apps/api/webview";
import type { Host } from "./host";

export const tauriHost: Host = {
  call: (name, payload) => invoke("call", { name, payload }),

  async subscribe(runId, after, onLine) {
    let listening = true;
    const channel = new Channel<string>((line) => {
      if (listening) onLine(line);
    });
    await invoke("subscribe", { runId, after, channel });
    return () => {
      listening = false;
    };
  },

  pickFiles: () => invoke<string[]>("pick_files"),

  saveFile: (suggestedName) => invoke<string | null>("save_file", { suggestedName }),

  onFileDrag(listener) {
    const listening = getCurrentWebview().onDragDropEvent(({ payload }) => {
      if (payload.type === "enter") listener.enter();
      else if (payload.type === "leave") listener.leave();
      else if (payload.type === "drop") listener.drop(payload.paths);
    });
    return () => {
      void listening.then((stop) => stop());
    };
  },

  onOpenedFiles(listener) {
    const fetch = async () => {
      const paths = await invoke<string[]>("opened_files");
      if (paths.length > 0) listener(paths);
    };
    void fetch();
    return on("open-files", () => void fetch());
  },

  onFileSaved: (listener) =>
    on<{ path: string; ok: boolean }>("file-saved", ({ payload }) => listener(payload.path, payload.ok)),
};

function on<T>(event: string, handle: EventCallback<T>): () => void {
  const listening = listen<T>(event, handle);
  return () => {
    void listening.then((stop) => stop());
  };
}
