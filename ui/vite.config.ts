import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * `vite build` makes the bundle that the desktop window embeds. `--mode rehearsal` builds the same interface
 * against the fake host of `dev/`, to be looked at in a browser; it never goes into the product.
 */
export default defineConfig(({ mode }) => {
  const rehearsal = mode === "rehearsal";
  return {
    plugins: [react(), tailwindcss()],
    resolve: { alias: { "@": here("./src") } },
    clearScreen: false,
    server: { port: 5173, strictPort: true },
    build: {
      target: "safari15",
      outDir: rehearsal ? "dist-rehearsal" : "dist",
      emptyOutDir: true,
      sourcemap: false,
      // Plotly alone is larger; it is loaded when the first chart is shown.
      chunkSizeWarningLimit: 6000,
      ...(rehearsal ? { rollupOptions: { input: here("./dev/index.html") } } : {}),
    },
    test: {
      environment: "happy-dom",
      setupFiles: ["tests/setup.ts"],
      include: ["src/**/*.test.{ts,tsx}", "tests/**/*.test.{ts,tsx}"],
      css: false,
      testTimeout: 40_000,
      maxWorkers: 2,
    },
  };
});
