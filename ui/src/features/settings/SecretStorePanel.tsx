import { KeyRound, LockKeyhole, Timer } from "lucide-react";
import { useState } from "react";
import { useSecretCommand } from "@/api/client";
import type { SecretStoreInfo } from "@/api/types";
import { Button, ErrorCard, Field, TextInput } from "@/components";

const WORDS = {
  keyring: { icon: KeyRound, title: "Keys are kept in this system’s keyring" },
  vault: { icon: LockKeyhole, title: "Keys are kept in an encrypted file" },
  session: { icon: Timer, title: "Keys are kept until you close the program" },
} as const;

/** Where keys are kept, and what that needs. */
export function SecretStorePanel({ store }: { store: SecretStoreInfo }) {
  const { icon: Icon, title } = WORDS[store.kind];
  const asks = store.kind === "session" || store.locked;
  return (
    <section aria-label="Where keys are kept" className="rounded-card border border-line bg-raised px-4 py-3">
      <p className="flex items-center gap-2 text-[0.8125rem] font-medium">
        <Icon className="size-4 text-ink-3" aria-hidden />
        {store.locked ? `${title} (locked)` : title}
      </p>
      {store.detail && <p className="readable mt-0.5 pl-6 text-xs text-ink-3">{store.detail}</p>}
      {asks && <Passphrase isNew={store.kind === "session"} />}
    </section>
  );
}

function Passphrase({ isNew }: { isNew: boolean }) {
  const [passphrase, setPassphrase] = useState("");
  const unlock = useSecretCommand("vault::unlock");
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    if (!passphrase) return;
    setPassphrase("");
    setBusy(true);
    await unlock.run({ passphrase });
    setBusy(false);
  };
  return (
    <div className="mt-3 pl-6">
      <Field
        label={isNew ? "Keep them in an encrypted file instead" : "Passphrase"}
        hint={
          isNew ? "Choose a passphrase. It is asked for at each start and cannot be recovered." : undefined
        }
      >
        <div className="flex gap-2">
          <TextInput
            type="password"
            value={passphrase}
            data-testid="vault-passphrase"
            onChange={(event) => setPassphrase(event.target.value)}
            onKeyDown={(event) => event.key === "Enter" && void submit()}
          />
          <Button disabled={!passphrase || busy} onClick={() => void submit()} data-testid="vault-unlock">
            {isNew ? "Create" : "Unlock"}
          </Button>
        </div>
      </Field>
      {unlock.error && <ErrorCard error={unlock.error} className="mt-2" />}
    </div>
  );
}
