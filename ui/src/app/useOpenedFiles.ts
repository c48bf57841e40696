import { useEffect, useState } from "react";
import { useClient } from "@/api/client";
import { useEvent, useToast } from "@/components";

interface OpenedFiles {
  /** No chat is open: files would begin one. */
  ready: boolean;
  newChat: () => void;
  open: (paths: string[]) => Promise<void>;
}

/** Files opened with the program from outside begin a chat of their own; files it saved are told of. */
export function useOpenedFiles({ ready, newChat, open }: OpenedFiles): void {
  const { host } = useClient();
  const toast = useToast();
  const [waiting, setWaiting] = useState<string[]>([]);
  const begin = useEvent((paths: string[]) => {
    if (!ready) newChat();
    setWaiting((before) => [...before, ...paths]);
  });
  const openNow = useEvent(open);
  const tell = useEvent((path: string, ok: boolean) =>
    toast(ok ? `Saved ${path}` : `Could not save ${path}`),
  );

  useEffect(() => host.onOpenedFiles(begin), [host, begin]);
  useEffect(() => host.onFileSaved(tell), [host, tell]);
  useEffect(() => {
    if (!ready || waiting.length === 0) return;
    setWaiting([]);
    void openNow(waiting);
  }, [ready, waiting, openNow]);
}
