export { showHidden } from "./hidden";
export { Markdown } from "./Markdown";
