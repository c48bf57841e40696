import { CircleCheck, CircleX, FlaskConical } from "lucide-react";
import { useState } from "react";
import { useCommand, useRead } from "@/api/client";
import { Button, ErrorCard, Field, Select, Spinner, TextInput } from "@/components";
import { KeyField } from "./KeyField";
import { ModelField } from "./ModelField";
import { BUILTIN, nameOf, providerOf } from "./models";
import { SecretStorePanel } from "./SecretStorePanel";
import type { PanelProps } from "./SettingsDialog";

/** Who answers: provider, model, its key and its address. */
export function ModelPanel({ settings, change }: PanelProps) {
  const catalogue = useRead("model::list", {});
  const [chosen, setChosen] = useState(providerOf(settings.model));
  if (catalogue.error) return <ErrorCard error={catalogue.error} />;
  if (!catalogue.data) return <Spinner text="Reading the models…" />;
  const { providers, secretStore } = catalogue.data;
  const provider = providers.find((p) => p.id === chosen) ?? providers[0];
  if (!provider) return <p>No provider is known.</p>;

  const choose = (id: string) => {
    setChosen(id);
    const first = providers.find((p) => p.id === id)?.models[0];
    if (first && id !== providerOf(settings.model)) change({ model: first.id });
  };
  const needsKey = provider.keyState !== "none_needed";

  return (
    <div className="flex max-w-120 flex-col gap-5">
      <Field
        label="Provider"
        hint={
          provider.id === BUILTIN
            ? "Needs no key and no network: it computes with real code on this computer."
            : undefined
        }
      >
        <Select
          data-testid="provider-select"
          value={provider.id}
          onChange={(event) => choose(event.target.value)}
        >
          {providers.map(({ id, displayName, keyState }) => (
            <option key={id} value={id}>
              {displayName}
              {keyState === "missing" ? " (no key yet)" : ""}
            </option>
          ))}
        </Select>
      </Field>
      {provider.id !== BUILTIN && (
        <>
          <ModelField
            key={provider.id}
            models={provider.models}
            name={providerOf(settings.model) === provider.id ? nameOf(settings.model) : ""}
            onChoose={(name) => change({ model: `${provider.id}/${name}` })}
          />
          {needsKey && (
            <KeyField key={`${provider.id}-key`} provider={provider} locked={secretStore.locked} />
          )}
          <BaseUrlField
            key={`${provider.id}-url`}
            url={settings.baseUrls[provider.id] ?? ""}
            onSave={(url) => change({ baseUrls: { [provider.id]: url } })}
          />
        </>
      )}
      <TestModel model={settings.model} />
      {needsKey && <SecretStorePanel store={secretStore} />}
    </div>
  );
}

function BaseUrlField({ url, onSave }: { url: string; onSave: (url: string) => void }) {
  const [text, setText] = useState(url);
  return (
    <Field
      label="Server address"
      hint="For local servers and gateways. A key belongs to its address: another address needs its key again."
    >
      <div className="flex gap-2">
        <TextInput
          value={text}
          data-testid="base-url-input"
          placeholder="The provider’s own"
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => event.key === "Enter" && onSave(text.trim())}
        />
        <Button
          disabled={text.trim() === url}
          onClick={() => onSave(text.trim())}
          data-testid="save-base-url"
        >
          Save
        </Button>
      </div>
    </Field>
  );
}

function TestModel({ model }: { model: string }) {
  const test = useCommand("model::test");
  const Icon = test.data?.ok ? CircleCheck : CircleX;
  return (
    <div>
      <Button
        icon={FlaskConical}
        data-testid="test-model"
        disabled={test.isPending}
        onClick={() => test.mutate({ model })}
      >
        Test the connection
      </Button>
      <div className="mt-2" aria-live="polite">
        {test.isPending && <Spinner text={`Asking ${model}…`} />}
        {test.error && <ErrorCard error={test.error} />}
        {test.data && !test.isPending && (
          <p data-testid="test-result" className="readable flex gap-2 text-[0.8125rem]">
            <Icon
              className={`mt-0.5 size-4 shrink-0 ${test.data.ok ? "text-accent" : "text-bad"}`}
              aria-hidden
            />
            {test.data.message}
          </p>
        )}
      </div>
    </div>
  );
}
