import { useEffect, useRef, useState } from "react";
import { Spinner } from "../Spinner";
import type { Figure } from "./figure";
import { type ChartTheme, dressed } from "./look";
import { CONFIG, loadPlotly, type Plotly } from "./plotly";

interface ChartProps {
  /** Made safe already. */
  figure: Figure;
  theme: ChartTheme;
  /** For people who cannot see it. */
  label: string;
  /** Its title stands beside it. */
  untitled?: boolean;
  height?: number;
}

/** An interactive chart that keeps the width of its place. */
export function Chart({ figure, theme, label, untitled, height = 360 }: ChartProps) {
  const root = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<"loading" | "drawn" | "failed">("loading");

  useEffect(() => {
    const element = root.current;
    if (!element) return;
    let plotly: Plotly | null = null;
    let gone = false;
    const observer = new ResizeObserver(() => void plotly?.Plots.resize(element));
    loadPlotly()
      .then(async (loaded) => {
        if (gone) return;
        await loaded.react(element, { ...dressed(figure, theme, { untitled }), config: CONFIG });
        plotly = loaded;
        observer.observe(element);
        setState("drawn");
      })
      .catch(() => !gone && setState("failed"));
    return () => {
      gone = true;
      observer.disconnect();
    };
  }, [figure, theme, untitled]);

  useEffect(() => {
    const element = root.current;
    return () => {
      if (element) void loadPlotly().then((plotly) => plotly.purge(element));
    };
  }, []);

  return (
    <div className="relative">
      {state === "loading" && <Spinner text="Drawing the chart…" className="absolute top-4 left-4" />}
      {state === "failed" && (
        <p className="px-4 py-6 text-[0.8125rem] text-ink-2">
          This chart could not be drawn. Its data is in the table and the code below.
        </p>
      )}
      <div
        ref={root}
        role="img"
        aria-label={label}
        data-testid="chart"
        data-state={state}
        style={{ height: state === "failed" ? 0 : height }}
      />
    </div>
  );
}
