import { expect, it } from "vitest";
import type { Models, PrivacyLevel, ProviderInfo } from "@/api/types";
import { modelName, whatLeaves } from "./models";

const model = (id: string, local: boolean) => ({
  id,
  displayName: `The ${id}`,
  contextTokens: null,
  inputPricePerMtok: null,
  outputPricePerMtok: null,
  local,
});
const provider = (
  id: string,
  keyState: ProviderInfo["keyState"],
  local = false,
  baseUrl: string | null = null,
): ProviderInfo => ({
  id,
  displayName: id.toUpperCase(),
  keyState,
  baseUrl,
  local,
  models: [model(`${id}/m`, local)],
});
const catalogue: Models = {
  providers: [
    provider("acme", "stored"),
    provider("poor", "missing"),
    provider("home", "none_needed", true),
    provider("near", "none_needed", true, "http://127.0.0.1:9000/v1"),
    provider("far", "none_needed", true, "https://127.0.0.1.evil.example/"),
    provider("sly", "none_needed", true, "http://localhost:80@evil.example/"),
  ],
  secretStore: { kind: "keyring", detail: "", locked: false },
};

it.each<[string, PrivacyLevel, string, boolean]>([
  ["builtin/analyst", "samples", "Nothing leaves this computer", false],
  ["home/m", "statistics", "Nothing leaves this computer", false],
  ["home/typed-by-hand", "statistics", "Nothing leaves this computer", false],
  ["home/big-cloud", "statistics", "Statistics may be sent to HOME", false],
  ["near/m", "statistics", "Nothing leaves this computer", false],
  ["sly/m", "statistics", "Statistics may be sent to SLY", false],
  ["far/m", "statistics", "Statistics may be sent to FAR", false],
  ["acme/m", "schema", "Column names may be sent to ACME", false],
  ["acme/m", "statistics", "Statistics may be sent to ACME", false],
  ["acme/typed-by-hand", "samples", "Statistics and sample rows may be sent to ACME", false],
  ["acme/m", "local", "Local only: choose a local model", true],
  ["poor/m", "statistics", "POOR needs a key", true],
  ["unknown/m", "statistics", "Statistics may be sent to unknown", false],
])("%s at level %s: %s", (id, privacy, text, blocked) => {
  const leaving = whatLeaves(catalogue, { model: id, privacy });
  expect([leaving.text, leaving.blocked !== null]).toEqual([text, blocked]);
});

it("asks nobody while offline, but who is here", () => {
  const at = (model: string) => whatLeaves(catalogue, { model, privacy: "statistics", offline: true });
  expect(at("home/m").blocked).toBeNull();
  expect(at("acme/m")).toMatchObject({ tone: "bad", text: "Offline: choose a local model" });
  expect(at("acme/m").blocked).toContain("ACME is remote");
});

it("promises nothing before the catalogue is known", () => {
  expect(whatLeaves(undefined, { model: "home/m", privacy: "samples" }).text).toContain("may be sent");
});

it("names models for people", () => {
  expect([
    modelName(catalogue, "builtin/analyst"),
    modelName(catalogue, "acme/m"),
    modelName(catalogue, "acme/x/y"),
  ]).toEqual(["Built-in analyst", "The acme/m", "x/y"]);
});
