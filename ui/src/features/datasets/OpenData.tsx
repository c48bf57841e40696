import { ClipboardPaste, FileSpreadsheet, FolderOpen } from "lucide-react";
import { useState } from "react";
import type { SampleInfo } from "@/api/types";
import { Button, classes } from "@/components";
import { PasteDialog } from "./PasteDialog";
import type { Opening } from "./useOpening";

interface OpenDataProps {
  opening: Opening;
  samples: SampleInfo[];
}

/** The first thing a new person sees: three ways to bring data in, one of them without having any. */
export function OpenData({ opening, samples }: OpenDataProps) {
  const [pasting, setPasting] = useState(false);
  return (
    <div className="w-full">
      <div
        data-testid="drop-zone"
        className="flex flex-col items-center gap-3 rounded-2xl border-[1.5px] border-dashed border-line-strong bg-surface px-8 py-9 text-center"
      >
        <FileSpreadsheet className="size-8 text-accent" strokeWidth={1.4} aria-hidden />
        <div>
          <p className="text-[0.9375rem] font-semibold">Drop a data file anywhere on this window</p>
          <p className="mt-0.5 text-[0.8125rem] text-ink-3">
            CSV, Excel, JSON, Parquet, Arrow, SQLite, SPSS, Stata or SAS. It stays where it is.
          </p>
        </div>
        <div className="mt-1 flex gap-2">
          <Button
            kind="primary"
            icon={FolderOpen}
            data-testid="open-file"
            onClick={() => void opening.openDialog()}
          >
            Open file…
          </Button>
          <Button icon={ClipboardPaste} onClick={() => setPasting(true)} data-testid="paste-table">
            Paste a table…
          </Button>
        </div>
      </div>
      {samples.length > 0 && <Samples samples={samples} opening={opening} />}
      <PasteDialog open={pasting} onClose={() => setPasting(false)} onPaste={opening.openText} />
    </div>
  );
}

function Samples({ samples, opening }: OpenDataProps) {
  return (
    <section aria-label="Sample data" className="mt-6">
      <p className="eyebrow mb-2">No file at hand? Start with a sample</p>
      <div className={classes("grid gap-2", samples.length > 1 && "sm:grid-cols-2")}>
        {samples.map(({ name, title, description }) => (
          <button
            key={name}
            type="button"
            data-testid={`sample-${name}`}
            onClick={() => void opening.openSample(name, title)}
            className="rounded-card border border-line bg-surface px-4 py-3 text-left transition-colors hover:border-accent-line hover:bg-accent-soft"
          >
            <span className="block font-medium">{title}</span>
            <span className="mt-0.5 block text-xs text-ink-3">{description}</span>
          </button>
        ))}
      </div>
    </section>
  );
}
