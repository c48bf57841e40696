/** What is open in the window: a chat or the beginning of one, the data it is about, the data being looked at. */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { invalidate, remember, useClient, useCommand, useRead } from "@/api/client";
import { asAppError } from "@/api/errors";
import type { Chat, Dataset, Language, Run } from "@/api/types";
import { usePersisted, useToast } from "@/components";
import { useRunStore } from "@/features/run";

const NO_RUNS: Run[] = [];

export function useWorkspace() {
  const client = useClient();
  const queries = useQueryClient();
  const runs = useRunStore();
  const toast = useToast();
  const [chatId, setChatId] = usePersisted<string | null>("chat", null);
  /** Datasets of a chat that is not yet begun. */
  const [draftIds, setDraftIds] = useState<string[]>([]);
  const [shownId, setShownId] = useState<string | null>(null);
  const [removed, setRemoved] = useState<ReadonlySet<string>>(new Set());

  const chatList = useRead("chat::list", {});
  const datasetList = useRead("dataset::list", {});
  const detail = useRead("chat::get", { chatId: chatId ?? "" }, { enabled: chatId !== null });
  const { mutateAsync: setDatasets } = useCommand("chat::set_datasets");
  const { mutate: rename } = useCommand("chat::rename");
  const { mutate: deleteChat } = useCommand("chat::delete");
  const { mutate: removeDataset } = useCommand("dataset::remove");

  const datasets = (datasetList.data?.datasets ?? []).filter((d) => !removed.has(d.id));
  const chats = (chatList.data?.chats ?? []).filter((c) => !removed.has(c.id));
  const inUseIds = chatId ? (detail.data?.chat.datasetIds ?? []) : draftIds;
  const inUse = inUseIds.flatMap(
    (id) => datasets.find((d) => d.id === id) ?? detail.data?.datasets.find((d) => d.id === id) ?? [],
  );
  const shown = datasets.find((d) => d.id === shownId) ?? inUse[0] ?? null;

  // A chat that was open when the window was closed, and is gone since, is no fault to tell.
  const isGone = detail.error?.code === "not_found";
  useEffect(() => {
    if (isGone) setChatId(null);
  }, [isGone, setChatId]);

  const complain = useCallback((thrown: unknown) => toast(asAppError(thrown).message), [toast]);

  const openChat = (chat: Chat) => {
    setChatId(chat.id);
    setShownId(null);
  };

  const newChat = (withDatasets: string[] = []) => {
    setChatId(null);
    setDraftIds(withDatasets);
  };

  const putInUse = (ids: string[]) => {
    if (!chatId) setDraftIds(ids);
    else setDatasets({ chatId, datasetIds: ids }).catch(complain);
  };

  const opened = (fresh: Dataset[]) => {
    remember(queries, "dataset::list", {}, (before) => ({
      datasets: [...fresh, ...(before?.datasets ?? []).filter((d) => !fresh.some((f) => f.id === d.id))],
    }));
    // Opened into a chat, they have joined it; opened before one, they wait for it.
    if (!chatId) setDraftIds((ids) => [...ids, ...fresh.map((d) => d.id).filter((id) => !ids.includes(id))]);
    if (fresh[0]) setShownId(fresh[0].id);
  };

  /** A file read differently takes the place of what it was before. */
  const reread = (before: Dataset, fresh: Dataset[]) => {
    remember(queries, "dataset::list", {}, (list) => ({
      datasets: [
        ...fresh,
        ...(list?.datasets ?? []).filter((d) => d.id !== before.id && !fresh.some((f) => f.id === d.id)),
      ],
    }));
    const ids = fresh.map((d) => d.id);
    setDraftIds((list) => list.flatMap((id) => (id === before.id ? ids : id)));
    if (fresh[0]) setShownId(fresh[0].id);
  };

  const ask = async (question: string, agents: string[]) => {
    try {
      const chat = chatId ?? (await client.call("chat::create", { datasetIds: draftIds })).id;
      const run = await client.call("run::start", {
        chatId: chat,
        question,
        ...(agents.length > 0 && { agents }),
      });
      begun(chat, run);
      if (!chatId) {
        setChatId(chat);
        setDraftIds([]);
      }
    } catch (thrown) {
      complain(thrown);
      // The question goes back into its box.
      throw thrown;
    }
  };

  /** Shows a run at once, before the chat has been read again. */
  const begun = (chat: string, run: Run) => {
    runs.follow(run);
    remember(
      queries,
      "chat::get",
      { chatId: chat },
      (before) => before && { ...before, runs: [...before.runs, run] },
    );
    void invalidate(queries, ["chat"]);
  };

  const runCell = async (cellId: string, language: Language, code: string) => {
    if (!chatId) return;
    // Errors are told under the cell.
    begun(chatId, await client.call("cell::run", { chatId, cellId, language, code }));
  };

  /** Hides at once, deletes when the chance to undo is over. */
  const deleteLater = (id: string, text: string, commit: () => void) => {
    const hide = (hidden: boolean) =>
      setRemoved((before) => {
        const after = new Set(before);
        if (hidden) after.add(id);
        else after.delete(id);
        return after;
      });
    hide(true);
    toast(text, { action: { label: "Undo", run: () => hide(false) }, onExpire: commit });
  };

  return {
    chatId,
    chats,
    detail,
    runs: detail.data?.runs ?? NO_RUNS,
    datasets,
    inUse,
    shown,
    openChat,
    newChat,
    opened,
    reread,
    ask,
    runCell,
    show: (dataset: Dataset) => setShownId(dataset.id),
    toggleDataset: (dataset: Dataset) =>
      putInUse(
        inUseIds.includes(dataset.id)
          ? inUseIds.filter((id) => id !== dataset.id)
          : [...inUseIds, dataset.id],
      ),
    renameChat: (chat: Chat, title: string) => rename({ chatId: chat.id, title }),
    deleteChat: (chat: Chat) => {
      if (chat.id === chatId) newChat();
      deleteLater(chat.id, `Deleted “${chat.title || "New chat"}”`, () => deleteChat({ chatId: chat.id }));
    },
    removeDataset: (dataset: Dataset) => {
      if (!chatId) setDraftIds((ids) => ids.filter((id) => id !== dataset.id));
      deleteLater(dataset.id, `Removed ${dataset.name}; the file stays`, () =>
        removeDataset({ datasetId: dataset.id }),
      );
    },
    stop: (runId: string) => client.call("run::cancel", { runId }).catch(complain),
  };
}

export type Workspace = ReturnType<typeof useWorkspace>;
