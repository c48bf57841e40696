import { useEffect, useState } from "react";
import { Field, TextInput } from "@/components";

interface NumberFieldProps {
  label: string;
  unit: string;
  testId: string;
  value: number;
  onSave: (value: number) => void;
}

/** A whole number greater than nothing, kept when the field is left or Enter is pressed. */
export function NumberField({ label, unit, testId, value, onSave }: NumberFieldProps) {
  return (
    <LimitField
      label={label}
      unit={unit}
      testId={testId}
      value={value}
      whole
      onSave={(wanted) => wanted !== null && onSave(wanted)}
    />
  );
}

interface LimitFieldProps {
  label: string;
  unit: string;
  testId: string;
  value: number | null;
  whole?: boolean;
  /** What an empty field means; without it, a field cannot be empty. */
  empty?: string;
  onSave: (value: number | null) => void;
}

/** A limit, or none where the field may be empty. */
export function LimitField({ label, unit, testId, value, whole, empty, onSave }: LimitFieldProps) {
  const written = value === null ? "" : String(value);
  const [text, setText] = useState(written);
  useEffect(() => setText(written), [written]);
  const save = () => {
    if (text.trim() === written) return;
    const wanted = whole ? Math.round(Number(text)) : Number(text);
    if (text.trim() === "" && empty) onSave(null);
    else if (wanted > 0 && Number.isFinite(wanted) && wanted !== value) onSave(wanted);
    else setText(written);
  };
  return (
    <Field label={label} hint={unit}>
      <TextInput
        type="number"
        min={whole ? 1 : 0}
        step={whole ? 1 : "any"}
        value={text}
        placeholder={empty}
        data-testid={testId}
        onChange={(event) => setText(event.target.value)}
        onBlur={save}
        onKeyDown={(event) => event.key === "Enter" && save()}
      />
    </Field>
  );
}
