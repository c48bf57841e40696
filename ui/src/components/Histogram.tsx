import { count } from "./format";
import { Hint } from "./Hint";

const HEIGHT = 48;

export interface Bar {
  /** Which values are in it. */
  range: string;
  count: number;
}

interface HistogramProps {
  bars: Bar[];
  label: string;
  /** What a press on a bar does, in a word or two. */
  action: string;
  onBar: (index: number) => void;
}

/** Bars of equal width; each says its range and count, and can be pressed. */
export function Histogram({ bars, label, action, onBar }: HistogramProps) {
  const most = Math.max(1, ...bars.map((bar) => bar.count));
  return (
    <figure aria-label={label} data-testid="histogram" className="relative h-12 w-full">
      <svg
        viewBox={`0 0 ${bars.length} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="absolute inset-0 h-full w-full"
        aria-hidden
      >
        {bars.map((bar, index) => {
          // What is there is seen, however little it is.
          const height = bar.count === 0 ? 0 : Math.max(1.5, (bar.count / most) * HEIGHT);
          return (
            <rect
              key={bar.range}
              x={index + 0.04}
              y={HEIGHT - height}
              width={0.92}
              height={height}
              fill="var(--accent)"
              opacity="0.75"
            />
          );
        })}
      </svg>
      <div className="absolute inset-0 flex">
        {bars.map((bar, index) => (
          <Hint key={bar.range} text={`${bar.range}: ${count(bar.count)}`} side="top">
            <button
              type="button"
              data-testid="histogram-bar"
              aria-label={`${bar.range}: ${count(bar.count)}. ${action}`}
              onClick={() => onBar(index)}
              className="h-full min-w-0 flex-1 hover:bg-accent/15"
            />
          </Hint>
        ))}
      </div>
    </figure>
  );
}
