import { Bot, Brain, ChartSpline, type LucideIcon, MessageCircle, Search, Sigma, Wrench } from "lucide-react";
import { useMemo, useState } from "react";
import { useCommand, useRead } from "@/api/client";
import type { AgentInfo } from "@/api/types";
import { classes, Dialog, EmptyState, ErrorCard, Spinner, TextInput } from "@/components";

interface AgentsDialogProps {
  open: boolean;
  onClose: () => void;
  /** Puts `@name` into the question box. */
  onMention: (name: string) => void;
}

/** Who works here: every agent, by family, with what it is good at. */
export function AgentsDialog({ open, onClose, onMention }: AgentsDialogProps) {
  const agents = useRead("agent::list", {}, { enabled: open });
  const [wanted, setWanted] = useState("");
  const families = useMemo(() => byFamily(agents.data?.agents ?? [], wanted), [agents.data, wanted]);
  return (
    <Dialog
      open={open}
      onClose={onClose}
      flush
      width="w-200"
      title="Agents"
      description="Each does one kind of work. The planner chooses among the enabled ones; name one with @ to choose yourself."
    >
      <div className="sticky top-0 z-10 border-b border-line bg-surface px-5 py-2.5">
        <div className="relative">
          <Search className="pointer-events-none absolute top-2.5 left-3 size-3.5 text-ink-3" aria-hidden />
          <TextInput
            value={wanted}
            aria-label="Search agents"
            placeholder="Search by name or by what it does"
            className="pl-8!"
            onChange={(event) => setWanted(event.target.value)}
          />
        </div>
      </div>
      <div className="px-5 py-3">
        {agents.isPending && <Spinner text="Reading the catalogue…" />}
        {agents.error && <ErrorCard error={agents.error} />}
        {agents.data && families.length === 0 && <EmptyState icon={Bot} title="No agent fits that" />}
        <Problems problems={agents.data?.problems ?? []} />
        {families.map(([family, members]) => (
          <Family key={family} family={family} members={members} onMention={onMention} />
        ))}
      </div>
    </Dialog>
  );
}

const FAMILY_ICONS: [RegExp, LucideIcon][] = [
  [/visual/i, ChartSpline],
  [/stat/i, Sigma],
  [/model/i, Brain],
  [/manip|data|process/i, Wrench],
  [/conv|chat/i, MessageCircle],
];

/** Entries of the catalogue that cannot be used, and why. */
function Problems({ problems }: { problems: string[] }) {
  if (problems.length === 0) return null;
  return (
    <ul className="readable mb-4 rounded-lg border border-doubt-line/60 bg-doubt-soft px-3 py-2 text-xs">
      {problems.map((problem) => (
        <li key={problem}>{problem}</li>
      ))}
    </ul>
  );
}

interface FamilyProps {
  family: string;
  members: AgentInfo[];
  onMention: (name: string) => void;
}

function Family({ family, members, onMention }: FamilyProps) {
  const Icon = FAMILY_ICONS.find(([name]) => name.test(family))?.[1] ?? Bot;
  return (
    <section className="mb-5" aria-label={family}>
      <h3 className="eyebrow mb-2 flex items-center gap-1.5">
        <Icon className="size-3.5" aria-hidden />
        {family}
        <span className="font-normal">{members.length}</span>
      </h3>
      <ul className="grid grid-cols-2 gap-2">
        {members.map((agent) => (
          <li key={agent.name} className="relative">
            <button
              type="button"
              data-testid="agent-item"
              disabled={!agent.enabled || agent.variantType === "planner"}
              onClick={() => onMention(agent.name)}
              className={classes(
                "h-full w-full rounded-card border border-line px-3.5 py-2.5 text-left transition-colors",
                agent.enabled ? "enabled:hover:border-accent-line enabled:hover:bg-accent-soft" : "bg-raised",
              )}
            >
              <span className="flex items-center gap-2">
                <span className={classes("truncate pr-24 font-medium", !agent.enabled && "text-ink-3")}>
                  {agent.displayName}
                </span>
              </span>
              <span className="mt-0.5 line-clamp-3 text-xs text-ink-3">{agent.description}</span>
            </button>
            <EnabledSwitch agent={agent} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Lets an agent take part, or not. */
function EnabledSwitch({ agent }: { agent: AgentInfo }) {
  const setEnabled = useCommand("agent::set_enabled");
  const words = !agent.enabled ? "off" : agent.variantType === "planner" ? "planner only" : "enabled";
  return (
    <button
      type="button"
      role="switch"
      aria-checked={agent.enabled}
      aria-label={`${agent.displayName} takes part`}
      title={setEnabled.error?.message ?? (agent.enabled ? "Switch off" : "Switch on")}
      data-testid="agent-enabled"
      disabled={setEnabled.isPending}
      onClick={() => setEnabled.mutate({ name: agent.name, enabled: !agent.enabled })}
      className={classes(
        "absolute top-3 right-3.5 rounded-full px-2 text-2xs hover:outline hover:outline-accent-line",
        agent.enabled ? "bg-accent-soft text-accent-strong" : "bg-sunken text-ink-3",
      )}
    >
      {words}
    </button>
  );
}

function byFamily(agents: AgentInfo[], wanted: string): [string, AgentInfo[]][] {
  const words = wanted.toLowerCase();
  const families = new Map<string, AgentInfo[]>();
  for (const agent of agents) {
    const text = `${agent.name} ${agent.displayName} ${agent.description} ${agent.category}`.toLowerCase();
    if (!text.includes(words)) continue;
    families.set(agent.category, [...(families.get(agent.category) ?? []), agent]);
  }
  return [...families].map(([family, members]) => [family, enabledFirst(members)]);
}

const enabledFirst = (agents: AgentInfo[]) =>
  [...agents].sort((a, b) => Number(b.enabled) - Number(a.enabled));
