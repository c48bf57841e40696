/**
 * The typed client of the command table. Server state lives in one query cache: its keys start with the resource,
 * and a command that touches a resource makes everything read of it stale.
 */
import {
  keepPreviousData,
  type QueryClient,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { createContext, useCallback, useContext, useState } from "react";
import { type CommandName, type Request, type ResourceName, type Response, TOUCHES } from "./commands";
import { asAppError } from "./errors";
import type { AppError } from "./generated/AppError";
import type { RunEvent } from "./generated/RunEvent";
import type { Host } from "./host";

export interface Client {
  readonly host: Host;
  call<K extends CommandName>(name: K, payload: Request<K>): Promise<Response<K>>;
  /** Tells each event of a run after `after`; resolves to a function that stops the telling. */
  subscribe(runId: string, after: number, onEvent: (event: RunEvent) => void): Promise<() => void>;
}

export function createClient(host: Host): Client {
  return {
    host,
    async call<K extends CommandName>(name: K, payload: Request<K>) {
      try {
        return (await host.call(name, payload)) as Response<K>;
      } catch (thrown) {
        throw asAppError(thrown);
      }
    },
    subscribe: (runId, after, onEvent) =>
      host.subscribe(runId, after, (line) => onEvent(JSON.parse(line) as RunEvent)),
  };
}

const ClientContext = createContext<Client | null>(null);
export const ClientProvider = ClientContext.Provider;

export function useClient(): Client {
  const client = useContext(ClientContext);
  if (!client) throw new Error("BUG: no ClientProvider above this component");
  return client;
}

const resourceOf = (name: CommandName) => name.split("::")[0] as ResourceName;
const keyOf = <K extends CommandName>(name: K, payload: Request<K>) => [resourceOf(name), name, payload];

interface ReadOptions {
  enabled?: boolean;
  /** Milliseconds after which it is read again; 0 for never. */
  refetchInterval?: number;
  staleTime?: number;
  /** Goes on showing the last answer while another question is asked. */
  keepPrevious?: boolean;
}

/** Reads with a command; read again when another command touches its resource. */
export function useRead<K extends CommandName>(
  name: K,
  payload: Request<K>,
  { keepPrevious, ...options }: ReadOptions = {},
) {
  const client = useClient();
  return useQuery<Response<K>, AppError>({
    queryKey: keyOf(name, payload),
    queryFn: () => client.call(name, payload),
    ...options,
    placeholderData: keepPrevious ? keepPreviousData : undefined,
    refetchInterval: options.refetchInterval || false,
  });
}

/** A command to be run by hand; what it touches is read again. */
export function useCommand<K extends CommandName>(name: K) {
  const client = useClient();
  const queries = useQueryClient();
  return useMutation<Response<K>, AppError, Request<K>>({
    mutationFn: (payload) => client.call(name, payload),
    onSettled: () => {
      void invalidate(queries, TOUCHES[name] ?? []);
    },
  });
}

/** A command whose payload is a secret: unlike a mutation, nothing keeps the payload after the call. */
export function useSecretCommand<K extends CommandName>(name: K) {
  const client = useClient();
  const queries = useQueryClient();
  const [error, setError] = useState<AppError | null>(null);
  const run = useCallback(
    async (payload: Request<K>) => {
      setError(null);
      try {
        await client.call(name, payload);
      } catch (thrown) {
        setError(asAppError(thrown));
      } finally {
        void invalidate(queries, TOUCHES[name] ?? []);
      }
    },
    [client, queries, name],
  );
  return { run, error };
}

/** Makes everything read of these resources stale. */
export function invalidate(queries: QueryClient, resources: readonly ResourceName[]) {
  return Promise.all(resources.map((resource) => queries.invalidateQueries({ queryKey: [resource] })));
}

/** Puts into the cache what a command would answer, when it is known already. */
export function remember<K extends CommandName>(
  queries: QueryClient,
  name: K,
  payload: Request<K>,
  answer: Response<K> | ((before: Response<K> | undefined) => Response<K> | undefined),
) {
  queries.setQueryData(keyOf(name, payload), answer);
}
