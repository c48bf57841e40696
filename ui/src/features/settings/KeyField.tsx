import { KeyRound, Trash2 } from "lucide-react";
import { useState } from "react";
import { useCommand, useSecretCommand } from "@/api/client";
import type { ProviderInfo } from "@/api/types";
import { Button, ErrorCard, Field, TextInput } from "@/components";

const STATES: Record<ProviderInfo["keyState"], string> = {
  none_needed: "",
  missing: "No key yet.",
  stored: "A key is stored. It cannot be shown, only replaced or deleted.",
  environment: "The key comes from the environment. A key stored here takes its place.",
};

/** A key goes in and never comes back: the field is emptied at once, and nothing reads it out. */
export function KeyField({ provider, locked }: { provider: ProviderInfo; locked: boolean }) {
  const [key, setKey] = useState("");
  const save = useSecretCommand("secret::set");
  const remove = useCommand("secret::delete");
  const stored = provider.keyState === "stored";
  const error = save.error ?? remove.error;

  const submit = () => {
    const secret = key.trim();
    if (!secret) return;
    setKey("");
    void save.run({ provider: provider.id, key: secret });
  };

  return (
    <div>
      <Field
        label="API key"
        hint={locked ? "The vault is locked: unlock it below to store a key." : STATES[provider.keyState]}
      >
        <div className="flex gap-2">
          <TextInput
            type="password"
            value={key}
            disabled={locked}
            data-testid="api-key-input"
            data-1p-ignore
            placeholder={stored ? "Type a new key to replace it" : `Key for ${provider.displayName}`}
            onChange={(event) => setKey(event.target.value)}
            onKeyDown={(event) => event.key === "Enter" && submit()}
          />
          <Button
            kind="primary"
            icon={KeyRound}
            data-testid="save-key"
            disabled={!key.trim() || locked}
            onClick={submit}
          >
            {stored ? "Replace" : "Save"}
          </Button>
          {stored && (
            <Button
              kind="danger"
              icon={Trash2}
              data-testid="delete-key"
              onClick={() => remove.mutate({ provider: provider.id })}
            >
              Delete
            </Button>
          )}
        </div>
      </Field>
      {error && <ErrorCard error={error} title="The key was not changed" className="mt-2" />}
    </div>
  );
}
