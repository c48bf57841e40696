import { useCallback, useState } from "react";
import { useClient, useCommand } from "@/api/client";
import { asAppError } from "@/api/errors";
import type { AppError, Dataset } from "@/api/types";

export interface FailedOpening {
  name: string;
  error: AppError;
  retry: () => void;
}

export interface Opening {
  /** Names of what is being read right now. */
  pending: string[];
  failures: FailedOpening[];
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

/** Opening data: from the dialog, a drop, a sample or the clipboard; several at once, each with its own outcome. */
export function useOpening({ chatId, onOpened }: Into): Opening {
  const { host } = useClient();
  const { mutateAsync: openPath } = useCommand("dataset::open");
  const { mutateAsync: openSampleByName } = useCommand("dataset::open_sample");
  const { mutateAsync: openPasted } = useCommand("dataset::open_text");
  const [pending, setPending] = useState<string[]>([]);
  const [failures, setFailures] = useState<FailedOpening[]>([]);
  const chat = chatId ? { chatId } : {};

  const dismiss = useCallback((failure: FailedOpening) => {
    setFailures((list) => list.filter((f) => f !== failure));
  }, []);

  async function open(name: string, run: () => Promise<{ datasets: Dataset[] }>): Promise<void> {
    setPending((list) => [...list, name]);
    setFailures((list) => list.filter((f) => f.name !== name));
    try {
      onOpened((await run()).datasets);
    } catch (thrown) {
      const failure = { name, error: asAppError(thrown), retry: () => void open(name, run) };
      setFailures((list) => [...list, failure]);
    } finally {
      setPending((list) => list.filter((_, index) => index !== list.indexOf(name)));
    }
  }

  const openPaths = async (paths: string[]) => {
    await Promise.all(paths.map((path) => open(baseName(path), () => openPath({ path, ...chat }))));
  };

  return {
    pending,
    failures,
    dismiss,
    openPaths,
    openDialog: async () => openPaths(await host.pickFiles()),
    openSample: (name, title) => open(title, () => openSampleByName({ name, ...chat })),
    openText: (text, name) => open(name || "Pasted table", () => openPasted({ text, name, ...chat })),
  };
}

const baseName = (path: string) => path.split(/[\\/]/).pop() || path;
