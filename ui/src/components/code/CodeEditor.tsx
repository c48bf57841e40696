import type { EditorView } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { createEditor, type EditorLanguage } from "./editor";

interface CodeEditorProps {
  code: string;
  language: EditorLanguage;
  label: string;
  /** Names to be completed in SQL: tables and their columns. */
  tables?: Record<string, string[]>;
  onChange: (code: string) => void;
  onRun: (code: string) => void;
}

/** An editor for one cell. What it is given from outside replaces its text only when it differs. */
export function CodeEditor({ code, language, label, tables, onChange, onRun }: CodeEditorProps) {
  const parent = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef({ code, onChange, onRun });
  latest.current = { code, onChange, onRun };

  useEffect(() => {
    if (!parent.current) return;
    const editor = createEditor({
      parent: parent.current,
      code: latest.current.code,
      language,
      label,
      tables,
      onChange: (text) => latest.current.onChange(text),
      onRun: (text) => latest.current.onRun(text),
    });
    view.current = editor;
    return () => editor.destroy();
  }, [language, label, tables]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === code) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: code } });
  }, [code]);

  return <div ref={parent} data-testid="code-editor" className="readable" />;
}
