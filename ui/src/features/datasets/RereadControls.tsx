import { useRead } from "@/api/client";
import type { Dataset, Format, RaggedRows, ReadOptions } from "@/api/types";
import { Field, Select, TextInput } from "@/components";
import { type Control, controlsOf, DATE_ORDERS, withOption } from "./reading";

interface RereadControlsProps {
  dataset: Dataset;
  /** How the file is read with what is said now. */
  format: Format;
  options: ReadOptions;
  onChange: (options: ReadOptions) => void;
}

type Choice = [value: string, name: string];

const CHOICES: Partial<Record<Control, Choice[]>> = {
  delimiter: [
    [",", "Comma ,"],
    [";", "Semicolon ;"],
    ["\t", "Tab"],
    ["|", "Pipe |"],
    [" ", "Space"],
  ],
  encoding: [
    ["utf-8", "UTF-8"],
    ["windows-1252", "Western (Windows-1252)"],
    ["iso-8859-15", "Western (ISO-8859-15)"],
    ["windows-1250", "Central European"],
    ["windows-1251", "Cyrillic (Windows-1251)"],
    ["koi8-r", "Cyrillic (KOI8-R)"],
    ["windows-1253", "Greek"],
    ["windows-1254", "Turkish"],
    ["windows-1255", "Hebrew"],
    ["windows-1256", "Arabic"],
    ["shift_jis", "Japanese (Shift JIS)"],
    ["euc-jp", "Japanese (EUC)"],
    ["gb18030", "Chinese (GB18030)"],
    ["big5", "Chinese (Big5)"],
    ["euc-kr", "Korean"],
    ["utf-16le", "UTF-16 LE"],
    ["utf-16be", "UTF-16 BE"],
  ],
  decimal: [
    [".", "Point 1.5"],
    [",", "Comma 1,5"],
  ],
  thousands: [
    ["", "None"],
    [",", "Comma 1,000"],
    [".", "Point 1.000"],
    [" ", "Space 1 000"],
    ["'", "Apostrophe 1'000"],
  ],
  dateOrder: Object.entries(DATE_ORDERS).map(([order, name]) => [order, name]),
  quote: [
    ['"', 'Double "'],
    ["'", "Single '"],
    ["", "Never quoted"],
  ],
  comment: [
    ["", "No comments"],
    ["#", "#"],
    ["//", "//"],
    ["%", "%"],
    ["--", "--"],
    [";", ";"],
  ],
};

const LABELS: Record<Control, string> = {
  sheet: "Sheet",
  table: "Table",
  delimiter: "Between fields",
  encoding: "Encoding",
  headerRow: "Header line",
  decimal: "Decimal mark",
  thousands: "Thousands mark",
  dateOrder: "Order of dates",
  quote: "Around fields",
  comment: "Comments begin with",
  keepTotals: "Total rows",
  ragged: "Short and long rows",
};

const RAGGED: [RaggedRows, string][] = [
  ["pad", "Fill up"],
  ["skip", "Leave out"],
  ["refuse", "Refuse the file"],
];

/** What a person may say about a file. What is not said is found out from the file. */
export function RereadControls({ dataset, format, options, onChange }: RereadControlsProps) {
  const controls = controlsOf(format.kind);
  const set = <K extends Control>(name: K, value: ReadOptions[K] | undefined) =>
    onChange(withOption(options, name, value));
  const sheets = useRead("file::inspect", { path: dataset.path }, { enabled: controls.includes("sheet") })
    .data?.sheets;

  const control = (name: Control) => {
    if (name === "headerRow") return <HeaderRow format={format} options={options} onChange={onChange} />;
    if (name === "table") {
      return (
        <TextInput
          data-testid="reread-table"
          placeholder={format.table ?? "the first"}
          value={options.table ?? ""}
          onChange={(event) => set("table", event.target.value || undefined)}
        />
      );
    }
    if (name === "keepTotals") {
      return (
        <Choices
          name={name}
          choices={[["keep", "Keep as data"]]}
          automatic="Leave out"
          value={options.keepTotals ? "keep" : undefined}
          onChange={(value) => set(name, value === undefined ? undefined : true)}
        />
      );
    }
    if (name === "ragged") {
      return (
        <Choices
          name={name}
          choices={RAGGED}
          automatic="As usual (fill up)"
          value={options.ragged}
          onChange={(value) => set(name, value as RaggedRows | undefined)}
        />
      );
    }
    const choices = name === "sheet" ? (sheets ?? []).map((s): Choice => [s, s]) : (CHOICES[name] ?? []);
    return (
      <Choices
        name={name}
        choices={choices}
        automatic={automaticOf(name, format, choices, options)}
        value={options[name]}
        onChange={(value) => set(name, value)}
      />
    );
  };

  if (controls.length === 0) {
    return <p className="text-xs text-ink-3">This format says itself how it is to be read, but for types.</p>;
  }
  return (
    <div className="grid grid-cols-4 gap-x-3 gap-y-2.5">
      {controls.map((name) => (
        <Field key={name} label={LABELS[name]}>
          {control(name)}
        </Field>
      ))}
    </div>
  );
}

/** What the file says by itself, as long as nobody says otherwise. */
function automaticOf(name: Control, format: Format, choices: Choice[], options: ReadOptions): string {
  if (options[name] !== undefined) return "As the file says";
  const found = { ...format, dateOrder: format.date_order }[name as "delimiter"];
  if (found === undefined || found === null) return "As the file says";
  return `As the file says: ${choices.find(([value]) => value === found)?.[1] ?? found}`;
}

interface ChoicesProps {
  name: Control;
  choices: [string, string][];
  automatic: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

/** The place of a choice in the list, since an empty text is a choice too. */
function Choices({ name, choices, automatic, value, onChange }: ChoicesProps) {
  const known = value === undefined || choices.some(([choice]) => choice === value);
  const all: [string, string][] = known ? choices : [...choices, [value, value]];
  const at = all.findIndex(([choice]) => choice === value);
  return (
    <Select
      data-testid={`reread-${name}`}
      value={at}
      onChange={(event) => onChange(all[Number(event.target.value)]?.[0])}
    >
      <option value={-1}>{automatic}</option>
      {all.map(([choice, words], index) => (
        <option key={choice} value={index}>
          {words}
        </option>
      ))}
    </Select>
  );
}

function HeaderRow({ format, options, onChange }: Omit<RereadControlsProps, "dataset">) {
  return (
    <TextInput
      type="number"
      min={0}
      data-testid="reread-headerRow"
      title="0 when the file has no header"
      placeholder={`${format.header_row ?? 0}`}
      value={options.headerRow ?? ""}
      onChange={({ target }) =>
        onChange(
          withOption(
            options,
            "headerRow",
            target.value === "" ? undefined : Math.max(0, Math.round(Number(target.value))),
          ),
        )
      }
    />
  );
}
