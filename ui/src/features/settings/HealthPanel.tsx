import { CircleCheck, CircleX, TriangleAlert } from "lucide-react";
import { useRead } from "@/api/client";
import type { Check, UsageSummary } from "@/api/types";
import { count, dollars, ErrorCard, plural, Spinner } from "@/components";
import { modelName } from "./models";

/** What models were asked and what it cost; what works on this computer and what does not. */
export function HealthPanel() {
  const usage = useRead("usage::summary", {}, { staleTime: 0 });
  const doctor = useRead("doctor::report", {}, { staleTime: 0 });
  return (
    <div className="flex max-w-140 flex-col gap-6">
      <section aria-label="Usage">
        <h3 className="mb-2 text-[0.8125rem] font-medium">Usage</h3>
        {usage.error && <ErrorCard error={usage.error} />}
        {usage.isPending && <Spinner text="Adding up…" />}
        {usage.data && <Usage usage={usage.data} />}
      </section>
      <section aria-label="Health">
        <h3 className="mb-2 text-[0.8125rem] font-medium">What works here</h3>
        {doctor.error && <ErrorCard error={doctor.error} />}
        {doctor.isPending && <Spinner text="Checking…" />}
        <ul className="flex flex-col divide-y divide-line rounded-card border border-line">
          {doctor.data?.checks.map((check) => (
            <CheckLine key={check.name} check={check} />
          ))}
        </ul>
      </section>
    </div>
  );
}

function Usage({ usage }: { usage: UsageSummary }) {
  if (usage.calls === 0) return <p className="text-xs text-ink-3">No model was asked yet.</p>;
  const cost = (usd: number | null) => (usd === null ? "price unknown" : dollars(usd));
  return (
    <table className="readable w-full text-xs tabular">
      <thead className="text-left text-ink-3">
        <tr className="border-b border-line">
          <th className="py-1 font-normal">Model</th>
          <th className="py-1 text-right font-normal">Calls</th>
          <th className="py-1 text-right font-normal">Tokens in</th>
          <th className="py-1 text-right font-normal">Tokens out</th>
          <th className="py-1 text-right font-normal">Cost</th>
        </tr>
      </thead>
      <tbody>
        {usage.byModel.map((line) => (
          <tr key={line.model} className="border-b border-line">
            <td className="py-1.5">{modelName(undefined, line.model)}</td>
            <td className="text-right">{count(line.calls)}</td>
            <td className="text-right">{count(line.usage.inputTokens)}</td>
            <td className="text-right">{count(line.usage.outputTokens)}</td>
            <td className="text-right">{cost(line.costUsd)}</td>
          </tr>
        ))}
        <tr className="font-medium">
          <td className="py-1.5">{plural(usage.calls, "call")}</td>
          <td />
          <td className="text-right">{count(usage.usage.inputTokens)}</td>
          <td className="text-right">{count(usage.usage.outputTokens)}</td>
          <td className="text-right">{cost(usage.costUsd)}</td>
        </tr>
      </tbody>
    </table>
  );
}

const MARKS = {
  ok: { icon: CircleCheck, look: "text-accent", words: "works" },
  warn: { icon: TriangleAlert, look: "text-doubt", words: "limited" },
  fail: { icon: CircleX, look: "text-bad", words: "does not work" },
} as const;

function CheckLine({ check }: { check: Check }) {
  const { icon: Icon, look, words } = MARKS[check.status];
  return (
    <li className="flex gap-2.5 px-3 py-2 text-xs">
      <Icon className={`mt-px size-3.5 shrink-0 ${look}`} aria-label={words} />
      <span className="readable min-w-0">
        <span className="font-medium">{check.name}</span>
        <span className="break-words text-ink-2"> · {check.detail}</span>
        {check.action && <span className="block text-ink-3">{check.action}</span>}
      </span>
    </li>
  );
}
