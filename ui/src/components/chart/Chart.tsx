import { useEffect, useRef, useState } from "react";
import { Spinner } from "../Spinner";
import type { Figure } from "./figure";
import { type ChartTheme, dressed } from "./look";
import { CONFIG, loadPlotly, type Plotly } from "./plotly";

/** Narrower than this, a legend beside the plot leaves too little of it. */
const NARROW_PX = 520;

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
  const root = useRef<HTMLElement>(null);
  const [state, setState] = useState<"loading" | "drawn" | "failed">("loading");

  useEffect(() => {
    const element = root.current;
    if (!element) return;
    let gone = false;
    let plotly: Plotly | null = null;
    let narrow = element.clientWidth < NARROW_PX;
    const draw = () =>
      plotly?.react(element, { ...dressed(figure, theme, { untitled, narrow }), config: CONFIG });
    const observer = new ResizeObserver(() => {
      if (element.clientWidth === 0) return;
      const changed = narrow !== element.clientWidth < NARROW_PX;
      narrow = element.clientWidth < NARROW_PX;
      void (changed ? draw() : plotly?.Plots.resize(element));
    });
    loadPlotly()
      .then(async (loaded) => {
        if (gone) return;
        plotly = loaded;
        await draw();
        if (gone) return;
        observer.observe(element);
        setState("drawn");
      })
      .catch(() => !gone && setState("failed"));
    return () => {
      gone = true;
      observer.disconnect();
      plotly?.purge(element);
    };
  }, [figure, theme, untitled]);

  return (
    <div className="relative">
      {state === "loading" && <Spinner text="Drawing the chart…" className="absolute top-4 left-4" />}
      {state === "failed" && (
        <p className="px-4 py-6 text-[0.8125rem] text-ink-2">
          This chart could not be drawn. Its data is in the table and the code below.
        </p>
      )}
      <figure
        ref={root}
        aria-label={label}
        data-testid="chart"
        data-state={state}
        style={{ height: state === "failed" ? 0 : height }}
      />
    </div>
  );
}
