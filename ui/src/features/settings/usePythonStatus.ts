import { useRead } from "@/api/client";

/** How often an installation is looked at. */
const WHILE_INSTALLING_MS = 700;

export function usePythonStatus() {
  const first = useRead("python::status", {});
  const installing = first.data?.state === "installing";
  // The same query, looked at again and again only while something happens.
  const { data: status, error } = useRead(
    "python::status",
    {},
    { refetchInterval: installing ? WHILE_INSTALLING_MS : 0 },
  );
  return { status, error };
}
