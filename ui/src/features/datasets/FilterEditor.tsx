import { useState } from "react";
import { useRead } from "@/api/client";
import type { Column, Dataset, FilterTest, RowFilter } from "@/api/types";
import { Button, cellText, count, ErrorCard, rawText, Select, Spinner, TextInput } from "@/components";
import { testsFor, testWords, typedValue, valuesWanted } from "./rowsView";

const MOST_VALUES = 100;

interface FilterEditorProps {
  dataset: Dataset;
  column: Column;
  filter: RowFilter | undefined;
  onApply: (filter: RowFilter) => void;
  onClear: () => void;
}

/** Makes a condition on one column: a comparison, a part of a text, or values chosen from those that occur. */
export function FilterEditor({ dataset, column, filter, onApply, onClear }: FilterEditorProps) {
  const tests = testsFor(column.type);
  const [test, setTest] = useState<FilterTest>(filter?.test ?? tests[0] ?? "equals");
  const [texts, setTexts] = useState(() => (filter?.values ?? []).map((value) => rawText(value)));
  const [chosen, setChosen] = useState<unknown[]>(() =>
    filter && valuesWanted(filter.test) === null ? filter.values : [],
  );
  const wanted = valuesWanted(test);
  const typed = Array.from({ length: wanted ?? 0 }, (_, at) => typedValue(texts[at] ?? "", column.type));
  const values = wanted === null ? chosen : typed;
  const ready = wanted === null ? chosen.length > 0 : typed.every((value) => value !== null);

  return (
    <form
      className="flex w-64 flex-col gap-2"
      aria-label={`Filter ${column.name}`}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onApply({ column: column.name, test, values });
      }}
    >
      <Select
        aria-label="Condition"
        value={test}
        onChange={(event) => setTest(event.target.value as FilterTest)}
      >
        {tests.map((name) => (
          <option key={name} value={name}>
            {testWords(name)}
          </option>
        ))}
      </Select>
      {typed.map((value, at) => (
        <TextInput
          // biome-ignore lint/suspicious/noArrayIndexKey: the places are fixed
          key={at}
          aria-label={typed.length > 1 ? (at === 0 ? "From" : "To") : "Value"}
          aria-invalid={texts[at] !== undefined && value === null}
          placeholder={column.type === "date" ? "2024-01-31" : ""}
          value={texts[at] ?? ""}
          onChange={(event) => setTexts((before) => Object.assign([...before], { [at]: event.target.value }))}
        />
      ))}
      {wanted === null && (
        <ValueList dataset={dataset} column={column} chosen={chosen} onChange={setChosen} />
      )}
      <div className="flex justify-end gap-2">
        {filter && (
          <Button size="small" kind="quiet" onClick={onClear}>
            Remove
          </Button>
        )}
        <Button size="small" kind="primary" type="submit" data-testid="filter-apply" disabled={!ready}>
          Filter
        </Button>
      </div>
    </form>
  );
}

interface ValueListProps {
  dataset: Dataset;
  column: Column;
  chosen: unknown[];
  onChange: (values: unknown[]) => void;
}

/** The values that occur, most frequent first. */
function ValueList({ dataset, column, chosen, onChange }: ValueListProps) {
  const [search, setSearch] = useState("");
  const read = useRead("dataset::distinct", {
    datasetId: dataset.id,
    column: column.name,
    search,
    limit: MOST_VALUES,
  });
  return (
    <>
      <TextInput
        aria-label="Search values"
        placeholder="Search values"
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      <ul className="max-h-48 overflow-y-auto rounded-lg border border-line">
        {read.error && <ErrorCard error={read.error} />}
        {read.isPending && <Spinner text="Counting…" className="p-2" />}
        {read.data?.values.map((top) => {
          const on = chosen.includes(top.value);
          return (
            <li key={cellText(top.value)}>
              <label className="flex items-center gap-2 px-2 py-1 text-xs hover:bg-sunken">
                <input
                  type="checkbox"
                  checked={on}
                  onChange={() =>
                    onChange(on ? chosen.filter((value) => value !== top.value) : [...chosen, top.value])
                  }
                />
                <span className="readable min-w-0 flex-1 truncate">
                  {cellText(top.value) || "(empty text)"}
                </span>
                <span className="text-ink-3 tabular">{count(top.count)}</span>
              </label>
            </li>
          );
        })}
        {read.data?.values.length === 0 && <li className="px-2 py-1.5 text-xs text-ink-3">No such value</li>}
      </ul>
    </>
  );
}
