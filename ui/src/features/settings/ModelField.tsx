import { Autocomplete } from "@base-ui/react/autocomplete";
import { useEffect, useState } from "react";
import type { ModelInfo } from "@/api/types";
import { count, Field, fieldBox } from "@/components";
import { nameOf } from "./models";

interface ModelFieldProps {
  models: ModelInfo[];
  name: string;
  onChoose: (name: string) => void;
}

/** A model from the list, or any name typed by hand. */
export function ModelField({ models, name, onChoose }: ModelFieldProps) {
  const [text, setText] = useState(name);
  useEffect(() => setText(name), [name]);
  const save = (value: string) => {
    const wanted = value.trim();
    if (wanted && wanted !== name) onChoose(wanted);
  };
  const names = models.map((model) => nameOf(model.id));
  return (
    <Field label="Model" hint="Choose from the list, or type a name the provider knows.">
      <Autocomplete.Root
        items={names}
        value={text}
        onValueChange={(value, details) => {
          setText(value);
          if (details.reason === "item-press") save(value);
        }}
      >
        <Autocomplete.Input
          data-testid="model-input"
          spellCheck={false}
          className={`readable ${fieldBox}`}
          placeholder="model name"
          onBlur={() => save(text)}
          onKeyDown={(event) => event.key === "Enter" && save(text)}
        />
        <Autocomplete.Portal>
          <Autocomplete.Positioner sideOffset={4} className="z-40">
            <Autocomplete.Popup className="pop-in max-h-64 w-(--anchor-width) overflow-y-auto rounded-lg border border-line bg-surface p-1 shadow-pop">
              <Autocomplete.List>
                {(item: string) => (
                  <Autocomplete.Item
                    key={item}
                    value={item}
                    className="flex items-baseline justify-between gap-3 rounded-md px-2.5 py-1.5 text-[0.8125rem] data-highlighted:bg-accent-soft"
                  >
                    <span>{item}</span>
                    <span className="text-xs text-ink-3 tabular">
                      {facts(models.find((m) => nameOf(m.id) === item))}
                    </span>
                  </Autocomplete.Item>
                )}
              </Autocomplete.List>
            </Autocomplete.Popup>
          </Autocomplete.Positioner>
        </Autocomplete.Portal>
      </Autocomplete.Root>
    </Field>
  );
}

function facts(model: ModelInfo | undefined): string {
  if (!model) return "";
  if (model.local) return "on this computer";
  const { inputPricePerMtok: input, outputPricePerMtok: output, contextTokens } = model;
  const price = input !== null && output !== null ? `$${input} / $${output} per M` : "";
  return [contextTokens && `${count(contextTokens / 1000)} k`, price].filter(Boolean).join(" · ");
}
