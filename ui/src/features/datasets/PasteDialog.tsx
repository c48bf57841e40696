import { useEffect, useRef, useState } from "react";
import { Button, Dialog, Field, plural, TextInput } from "@/components";

interface PasteDialogProps {
  open: boolean;
  onClose: () => void;
  onPaste: (text: string, name?: string) => Promise<void>;
}

/** A table from the clipboard: from a spreadsheet, a web page, a mail. */
export function PasteDialog({ open, onClose, onPaste }: PasteDialogProps) {
  const [text, setText] = useState("");
  const [name, setName] = useState("");
  const box = useRef<HTMLTextAreaElement>(null);
  const lines = text.trim() ? text.trim().split(/\r?\n/).length : 0;

  useEffect(() => {
    if (!open) setText("");
  }, [open]);

  const submit = () => {
    onClose();
    void onPaste(text, name.trim() || undefined);
  };

  return (
    <Dialog
      open={open}
      onClose={onClose}
      initialFocus={box}
      width="w-160"
      title="Paste a table"
      description="Copied cells of a spreadsheet, or text with commas, semicolons or tabs. The first line holds the names."
    >
      <textarea
        ref={box}
        value={text}
        aria-label="Table"
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
        placeholder={"month\tregion\trevenue\n2024-01\tNorth\t1200"}
        className="readable h-52 w-full resize-none rounded-lg border border-line-strong bg-raised px-3 py-2 font-mono text-xs whitespace-pre"
      />
      <div className="mt-3 flex items-end gap-3">
        <div className="flex-1">
          <Field label="Name">
            <TextInput
              value={name}
              onChange={(event) => setName(event.target.value)}
              placeholder="pasted_table"
            />
          </Field>
        </div>
        <Button kind="primary" disabled={lines < 2} onClick={submit}>
          {lines < 2 ? "Use this table" : `Use ${plural(lines - 1, "row")}`}
        </Button>
      </div>
    </Dialog>
  );
}
