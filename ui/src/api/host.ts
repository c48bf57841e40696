/**
 * What the interface needs from the place it runs in. The desktop window is one such place (`host.tauri.ts`);
 * tests and the browser rehearsal bring their own. Nothing else in `src/` may know where it runs.
 */
export interface Host {
  /** Runs one command of the core. Rejects with an `AppError`-shaped value. */
  call(name: string, payload: unknown): Promise<unknown>;

  /**
   * Tells each event of a run after `after` as one JSON line, until the run has finished.
   * Resolves to a function that stops the telling.
   */
  subscribe(runId: string, after: number, onLine: (line: string) => void): Promise<() => void>;

  /** The system's dialog for opening files; empty when the person closes it. */
  pickFiles(): Promise<string[]>;

  /** The system's dialog for saving; null when the person closes it. */
  saveFile(suggestedName: string): Promise<string | null>;

  /** Files dragged over the window. Returns a function that stops listening. */
  onFileDrag(listener: FileDragListener): () => void;

  /** Files the person opened with the program from outside: those waiting, and those that come. */
  onOpenedFiles(listener: (paths: string[]) => void): () => void;

  /** What the window saved by itself (a picture, a CSV file) has arrived in the downloads, or has not. */
  onFileSaved(listener: (path: string, ok: boolean) => void): () => void;
}

/** What a drag over the window tells. */
export interface FileDragListener {
  /** Files are over the window. */
  enter(): void;
  /** They left it again. */
  leave(): void;
  /** They were dropped. */
  drop(paths: string[]): void;
}
