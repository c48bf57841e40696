import { useRead } from "@/api/client";
import type { LedgerEntry } from "@/api/types";
import { Button, bytes, classes, copyText, Disclosure, ErrorCard, Spinner, useToast } from "@/components";
import { levelName, outcomeOf, purposeName, readableBody, shownWords } from "./words";

const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const TONES = { fine: "text-ink-3", doubt: "text-doubt", bad: "text-bad" };

/** One request; opened, it shows everything, and the exact bytes. */
export function EntryLine({ entry, model }: { entry: LedgerEntry; model: string }) {
  const { text, tone } = outcomeOf(entry);
  return (
    <li className="border-b border-line last:border-b-0">
      <Disclosure
        testId="ledger-entry"
        className="px-3 py-1"
        label={
          <span className="grid grid-cols-[10.5rem_1fr_8rem_4.5rem_6.5rem] items-baseline gap-2 text-xs tabular">
            <span className="text-ink-3">{whole.format(new Date(entry.at))}</span>
            <span className="truncate">{model}</span>
            <span className="truncate">
              {purposeName(entry.purpose)}
              {entry.attempt > 1 && ` (try ${entry.attempt})`}
            </span>
            <span className="text-right">{bytes(entry.bodyBytes)}</span>
            <span className={classes("truncate text-right", TONES[tone])}>{text}</span>
          </span>
        }
      >
        <Details entry={entry} />
      </Disclosure>
    </li>
  );
}

function Details({ entry }: { entry: LedgerEntry }) {
  const facts: [string, string | null | undefined][] = [
    ["Number", String(entry.seq)],
    ["Sent to", entry.url],
    ["Data in it", shownWords(entry) || "none"],
    ["Privacy", entry.privacy && levelName(entry.privacy)],
    ["Failed", entry.outcome?.error],
    ["Answer", entry.outcome && bytes(entry.outcome.responseBytes)],
    ["SHA-256 of the body", entry.bodyHash],
  ];
  return (
    <div className="pt-1 pb-2 pl-5">
      <dl className="readable grid grid-cols-[9rem_1fr] gap-x-3 gap-y-0.5 text-xs">
        {facts
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-ink-3">{name}</dt>
              <dd className="break-all">{value}</dd>
            </div>
          ))}
        {entry.shown.map(({ dataset, columns }) => (
          <div key={dataset} className="contents">
            <dt className="text-ink-3">Columns of {dataset}</dt>
            <dd className="break-words">{columns.join(", ")}</dd>
          </div>
        ))}
      </dl>
      <Disclosure testId="ledger-body-open" className="mt-1" label="The exact body">
        <Body seq={entry.seq} />
      </Disclosure>
    </div>
  );
}

function Body({ seq }: { seq: number }) {
  const { data, error } = useRead("ledger::get", { seq });
  const toast = useToast();
  if (error) return <ErrorCard error={error} />;
  if (!data) return <Spinner text="Reading…" />;
  const copy = async () => toast((await copyText(data.body)) ? "Copied" : "It could not be copied");
  return (
    <>
      <pre
        data-testid="ledger-body"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrolled by keys too
        tabIndex={0}
        className="readable max-h-72 overflow-auto rounded-lg bg-sunken p-3 font-mono text-2xs break-words whitespace-pre-wrap"
      >
        {readableBody(data.body)}
      </pre>
      <Button size="small" kind="quiet" className="mt-1" onClick={() => void copy()}>
        Copy the bytes as sent
      </Button>
    </>
  );
}
