import type { ModelInfo, Models, PrivacyLevel, ProviderInfo, Settings } from "@/api/types";
import { privacyWords } from "./privacy";

export const providerOf = (modelId: string) => modelId.split("/", 1)[0] ?? "";
export const nameOf = (modelId: string) => modelId.slice(providerOf(modelId).length + 1);

/** The provider whose models run here without a key. */
export const BUILTIN = "builtin";

interface KnownModel {
  provider: ProviderInfo | undefined;
  model: ModelInfo | undefined;
}

export function findModel(catalogue: Models | undefined, id: string): KnownModel {
  const provider = catalogue?.providers.find((p) => p.id === providerOf(id));
  return { provider, model: provider?.models.find((m) => m.id === id) };
}

/** A model's name for people. */
export function modelName(catalogue: Models | undefined, id: string): string {
  if (providerOf(id) === BUILTIN) return "Built-in analyst";
  return findModel(catalogue, id).model?.displayName ?? (nameOf(id) || id);
}

/** A local server may pass some models on to a remote one. */
const PASSED_ON = /cloud$/i;

/** Whether asking this model keeps everything on this computer. In doubt, it does not. */
export function staysHere(catalogue: Models | undefined, id: string): boolean {
  if (providerOf(id) === BUILTIN) return true;
  const { provider, model } = findModel(catalogue, id);
  if (!provider?.local || (provider.baseUrl !== null && !isHere(provider.baseUrl))) return false;
  return model ? model.local : !PASSED_ON.test(nameOf(id));
}

function isHere(address: string): boolean {
  try {
    const { hostname } = new URL(address);
    return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
  } catch {
    return false;
  }
}

export interface Leaving {
  tone: "safe" | "calm" | "doubt" | "bad";
  text: string;
  /** Why no question can be asked like this. */
  blocked: string | null;
}

/** What leaves the computer with the next question, said plainly. */
export function whatLeaves(
  catalogue: Models | undefined,
  settings: Pick<Settings, "model" | "privacy"> & Partial<Pick<Settings, "offline">>,
): Leaving {
  if (staysHere(catalogue, settings.model)) {
    return { tone: "safe", text: "Nothing leaves this computer", blocked: null };
  }
  const { provider } = findModel(catalogue, settings.model);
  const to = provider?.displayName ?? providerOf(settings.model);
  if (settings.offline) {
    const blocked = `Offline is switched on, and ${to} is remote. Choose a local model, or switch it off in the settings.`;
    return { tone: "bad", text: "Offline: choose a local model", blocked };
  }
  if (provider?.keyState === "missing") {
    const blocked = `${to} needs an API key. Add it in the settings, or choose the built-in analyst.`;
    return { tone: "bad", text: `${to} needs a key`, blocked };
  }
  if (settings.privacy === "local") {
    const blocked = `Privacy is “Local only”, and ${to} is remote. Choose another model or level.`;
    return { tone: "bad", text: "Local only: choose a local model", blocked };
  }
  return {
    tone: toneOf(settings.privacy),
    text: `${privacyWords(settings.privacy).sent} may be sent to ${to}`,
    blocked: null,
  };
}

const toneOf = (privacy: PrivacyLevel) => (privacy === "samples" ? "doubt" : "calm");

/** Models that could answer now, with who serves them. */
export function usableModels(catalogue: Models | undefined): { provider: ProviderInfo; model: ModelInfo }[] {
  const usable = catalogue?.providers.filter((p) => p.keyState !== "missing") ?? [];
  return usable.flatMap((provider) => provider.models.map((model) => ({ provider, model })));
}
