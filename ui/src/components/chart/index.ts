export { Chart } from "./Chart";
export { safeFigure } from "./figure";
export { type ChartTheme, dressed, figureTitle } from "./look";
export { chartImage } from "./plotly";
