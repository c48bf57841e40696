import { useCallback, useRef, useState } from "react";
import { useClient, useCommand } from "@/api/client";
import { asAppError } from "@/api/errors";
import type { AppError, Dataset } from "@/api/types";

export interface FailedOpening {
  name: string;
  error: AppError;
  retry: () => void;
}

/** Something being read right now. */
export interface PendingOpening {
  /** By which the core finds the work. */
  taskId: string;
  name: string;
  /** The file; null for what is no file of the person's. */
  path: string | null;
}

export interface Opening {
  pending: PendingOpening[];
  failures: FailedOpening[];
  cancel: (opening: PendingOpening) => void;
  dismiss: (failure: FailedOpening) => void;
  openDialog: () => Promise<void>;
  openPaths: (paths: string[]) => Promise<void>;
  openSample: (name: string, title: string) => Promise<void>;
  openText: (text: string, name?: string) => Promise<void>;
}

interface Into {
  /** The chat that the datasets join; none while the chat is not yet begun. */
  chatId: string | null;
  onOpened: (datasets: Dataset[]) => void;
}

type Run = (taskId: string) => Promise<{ datasets: Dataset[] }>;

/** Opening data: from the dialog, a drop, a sample or the clipboard; several at once, each with its own outcome. */
export function useOpening({ chatId, onOpened }: Into): Opening {
  const client = useClient();
  const { mutateAsync: openPath } = useCommand("dataset::open");
  const { mutateAsync: openSampleByName } = useCommand("dataset::open_sample");
  const { mutateAsync: openPasted } = useCommand("dataset::open_text");
  const [pending, setPending] = useState<PendingOpening[]>([]);
  const [failures, setFailures] = useState<FailedOpening[]>([]);
  const cancelled = useRef(new Set<string>());
  const chat = chatId ? { chatId } : {};

  const dismiss = useCallback((failure: FailedOpening) => {
    setFailures((list) => list.filter((f) => f !== failure));
  }, []);

  /** Nothing is left of it. If it was done at that very moment, it stays: the core has it. */
  const cancel = useCallback(
    ({ taskId }: PendingOpening) => {
      cancelled.current.add(taskId);
      client.call("task::cancel", { taskId }).catch(() => {});
    },
    [client],
  );

  async function open(name: string, path: string | null, run: Run): Promise<void> {
    const taskId = newTaskId();
    setPending((list) => [...list, { taskId, name, path }]);
    setFailures((list) => list.filter((f) => f.name !== name));
    try {
      onOpened((await run(taskId)).datasets);
    } catch (thrown) {
      if (cancelled.current.has(taskId)) return;
      const failure = { name, error: asAppError(thrown), retry: () => void open(name, path, run) };
      setFailures((list) => [...list, failure]);
    } finally {
      cancelled.current.delete(taskId);
      setPending((list) => list.filter((p) => p.taskId !== taskId));
    }
  }

  const openPaths = async (paths: string[]) => {
    await Promise.all(
      paths.map((path) => open(baseName(path), path, (taskId) => openPath({ path, taskId, ...chat }))),
    );
  };

  return {
    pending,
    failures,
    cancel,
    dismiss,
    openPaths,
    openDialog: async () => openPaths(await client.host.pickFiles()),
    openSample: (name, title) => open(title, null, () => openSampleByName({ name, ...chat })),
    openText: (text, name) => open(name || "Pasted table", null, () => openPasted({ text, name, ...chat })),
  };
}

const baseName = (path: string) => path.split(/[\\/]/).pop() || path;

let made = 0;
/** Another window of the program may be opening files at the same moment. */
const newTaskId = () => `open-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}-${++made}`;
