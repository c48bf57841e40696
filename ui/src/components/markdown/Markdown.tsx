import { memo, type ReactNode, useMemo } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import rehypeSanitize from "rehype-sanitize";
import remarkGfm from "remark-gfm";
import type { PluggableList } from "unified";
import { revealHidden } from "./hidden";
import { SafeLink } from "./SafeLink";
import { ALLOWED } from "./schema";

interface MarkdownProps {
  text: string;
  /** Plugins that work on the sanitised tree. */
  after?: PluggableList;
  /** Renders a `span` that one of those plugins made. */
  renderMark?: (mark: string, children: ReactNode) => ReactNode;
}

/** Untrusted Markdown: no HTML, no pictures, no link that opens by itself. */
export const Markdown = memo(function Markdown({ text, after = NONE, renderMark }: MarkdownProps) {
  const rehypePlugins = useMemo<PluggableList>(
    () => [[rehypeSanitize, ALLOWED], revealHidden, ...after],
    [after],
  );
  const components = useMemo<Components>(
    () => ({
      a: ({ href, children }) => <SafeLink href={href}>{children}</SafeLink>,
      span: ({ children, ...rest }) => {
        const mark = (rest as Record<string, unknown>)["data-claim"];
        return mark === undefined || !renderMark ? (
          <span>{children}</span>
        ) : (
          renderMark(String(mark), children)
        );
      },
    }),
    [renderMark],
  );
  return (
    <div className="prose readable">
      <ReactMarkdown
        remarkPlugins={[remarkGfm]}
        rehypePlugins={rehypePlugins}
        components={components}
        skipHtml
      >
        {text}
      </ReactMarkdown>
    </div>
  );
});

const NONE: PluggableList = [];
