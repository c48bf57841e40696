import { ChartColumn, ClipboardCopy, Copy, Download, ImageDown, type LucideIcon, Table2 } from "lucide-react";
import { memo, type ReactNode, useMemo } from "react";
import { useRead } from "@/api/client";
import type { Artifact, ArtifactSummary, TableData } from "@/api/types";
import {
  cellText,
  copyImage,
  copyText,
  DataTable,
  download,
  ErrorCard,
  fileName,
  IconButton,
  Spinner,
  toCsv,
  useToast,
} from "@/components";
import { Chart, chartImage, dressed, figureTitle, safeFigure } from "@/components/chart";
import { showHidden } from "@/components/markdown";
import { artifactAnchor } from "./AnswerText";
import { useDesk } from "./desk";

const IMAGE_WIDTH = 1000;
const IMAGE_HEIGHT = 560;
/** Pictures that cannot run anything; an SVG inside an `img` element cannot either. */
const IMAGE_TYPES = new Set(["image/png", "image/svg+xml"]);

/** One thing that code showed, fetched when it comes into the thread. */
export const ArtifactCard = memo(function ArtifactCard({ summary }: { summary: ArtifactSummary }) {
  const artifact = useRead(
    "artifact::get",
    { artifactId: summary.id },
    { staleTime: Number.POSITIVE_INFINITY },
  );
  return (
    <div
      id={artifactAnchor(summary.id)}
      data-artifact={summary.kind}
      className="rounded-card border border-line bg-surface shadow-card outline-2 outline-transparent"
    >
      {artifact.isPending && <Spinner text={`Fetching ${summary.title || summary.kind}…`} className="p-4" />}
      {artifact.error && <ErrorCard error={artifact.error} className="m-2" />}
      {artifact.data && <ArtifactBody artifact={artifact.data} digest={summary.digest} />}
    </div>
  );
});

function ArtifactBody({ artifact, digest }: { artifact: Artifact; digest: string }) {
  const { content, title } = artifact;
  switch (content.kind) {
    case "chart":
      return <ChartBody figure={content.figure} title={title} digest={digest} />;
    case "table":
      return <TableBody table={content} title={title} />;
    case "metric":
      return <MetricBody name={content.name} value={content.value} />;
    case "text":
      return (
        <p className="readable px-4 py-3 text-[0.8125rem] whitespace-pre-wrap">{showHidden(content.text)}</p>
      );
    case "image":
      return <ImageBody title={title} mime={content.mime} base64={content.base64} />;
  }
}

function Bar({ icon: Icon, title, children }: { icon: LucideIcon; title: string; children: ReactNode }) {
  return (
    <header className="flex h-9 items-center gap-2 pr-1.5 pl-3.5">
      <Icon className="size-3.5 shrink-0 text-ink-3" aria-hidden />
      <h3 className="readable min-w-0 flex-1 truncate text-[0.8125rem] font-medium">{title}</h3>
      {children}
    </header>
  );
}

function ChartBody({ figure, title, digest }: { figure: unknown; title: string; digest: string }) {
  const { theme } = useDesk();
  const toast = useToast();
  const safe = useMemo(() => safeFigure(figure), [figure]);
  const name = title || figureTitle(safe) || digest || "Chart";
  // A picture goes into documents: always on white.
  const image = () => chartImage(dressed(safe, "light", { opaque: true }), IMAGE_WIDTH, IMAGE_HEIGHT);
  const copy = async () => {
    const copied = await image().then(copyImage, () => false);
    toast(
      copied
        ? "Chart copied as a picture"
        : "This system does not let a window copy pictures. Save it instead.",
    );
  };
  const save = () =>
    image().then(
      (picture) => download(fileName(name, "png"), picture),
      () => toast("The chart could not be made into a picture."),
    );
  return (
    <>
      <Bar icon={ChartColumn} title={name}>
        <IconButton icon={ClipboardCopy} label="Copy as picture" onClick={() => void copy()} />
        <IconButton icon={ImageDown} label="Save as PNG" onClick={() => void save()} />
      </Bar>
      <div className="px-2 pb-2">
        <Chart
          figure={safe}
          theme={theme}
          untitled={name === figureTitle(safe)}
          label={`${name}. ${digest}`}
        />
      </div>
    </>
  );
}

function TableBody({ table, title }: { table: TableData; title: string }) {
  const toast = useToast();
  const name = title || "Table";
  const copy = async () =>
    toast((await copyText(toCsv(table))) ? "Copied as CSV" : "The clipboard is not available.");
  const save = () => download(fileName(name, "csv"), new Blob([toCsv(table)], { type: "text/csv" }));
  return (
    <>
      <Bar icon={Table2} title={name}>
        <IconButton icon={Copy} label="Copy as CSV" onClick={() => void copy()} />
        <IconButton icon={Download} label="Save as CSV" onClick={save} />
      </Bar>
      <DataTable table={table} label={name} />
    </>
  );
}

function MetricBody({ name, value }: { name: string; value: unknown }) {
  return (
    <div className="readable px-4 py-2.5" data-testid="metric">
      <p className="truncate text-xs text-ink-3">{name}</p>
      <p className="truncate text-xl font-semibold tracking-tight tabular">{cellText(value) || "–"}</p>
    </div>
  );
}

function ImageBody({ title, mime, base64 }: { title: string; mime: string; base64: string }) {
  if (!IMAGE_TYPES.has(mime))
    return <p className="px-4 py-3 text-ink-3">A picture of an unknown kind ({mime}).</p>;
  return (
    <img src={`data:${mime};base64,${base64}`} alt={title || "Picture"} className="mx-auto max-w-full p-3" />
  );
}
