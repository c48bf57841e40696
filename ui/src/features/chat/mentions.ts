/** `@agent` in a question: which agents are named, and what could be meant while one is being typed. */
import type { AgentInfo } from "@/api/types";

const MENTION = /(?:^|\s)@([a-z0-9_-]+)/gi;
const MOST_SUGGESTIONS = 8;

/** Names of the agents that the question names, each once, in order. */
export function mentionedAgents(question: string, agents: AgentInfo[]): string[] {
  const named = [...question.matchAll(MENTION)].map((match) => match[1]?.toLowerCase());
  const known = named.filter((name) => agents.some((agent) => agent.name.toLowerCase() === name));
  return [...new Set(known)].map((name) => agents.find((a) => a.name.toLowerCase() === name)?.name ?? "");
}

export interface PartialMention {
  /** Where the `@` stands. */
  start: number;
  typed: string;
}

/** The mention that is being typed at the caret. */
export function mentionAt(text: string, caret: number): PartialMention | null {
  const match = /(?:^|\s)@([a-z0-9_-]*)$/i.exec(text.slice(0, caret));
  return match ? { start: caret - (match[1]?.length ?? 0) - 1, typed: match[1] ?? "" } : null;
}

/** Agents that a person may name, best match first. */
export function suggestAgents(typed: string, agents: AgentInfo[]): AgentInfo[] {
  const wanted = typed.toLowerCase();
  const fits = (agent: AgentInfo) =>
    agent.name.toLowerCase().includes(wanted) || agent.displayName.toLowerCase().includes(wanted);
  const startsFirst = (agent: AgentInfo) => (agent.name.toLowerCase().startsWith(wanted) ? 0 : 1);
  return agents
    .filter((agent) => agent.enabled && agent.variantType !== "planner" && fits(agent))
    .sort((a, b) => startsFirst(a) - startsFirst(b))
    .slice(0, MOST_SUGGESTIONS);
}
