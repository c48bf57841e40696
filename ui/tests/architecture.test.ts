import { expect, it } from "vitest";

const sources = import.meta.glob<string>("../src/**/*.{ts,tsx}", {
  query: "?raw",
  import: "default",
  eager: true,
});

const files = Object.entries(sources)
  .map(([path, text]) => ({ path: path.replace("../src/", ""), text }))
  .filter(({ path }) => !path.includes("generated"));

const importsOf = (text: string) =>
  [...text.matchAll(/(?:from|import\()\s*"([^"]+)"/g)].map((match) => match[1] ?? "");

function offenders(isOffence: (path: string, imported: string) => boolean): string[] {
  return files.flatMap(({ path, text }) =>
    importsOf(text)
      .filter((name) => isOffence(path, name))
      .map((name) => `${path} imports ${name}`),
  );
}

it("only one file knows Tauri", () => {
  expect(offenders((path, name) => name.startsWith("@tauri-apps") && path !== "api/host.tauri.ts")).toEqual(
    [],
  );
});

it("features do not know each other, nor the window around them", () => {
  const feature = (path: string) => /^features\/(\w+)\//.exec(path)?.[1];
  expect(
    offenders((path, name) => {
      const own = feature(path);
      const other = /^@\/(features\/(\w+)|app)/.exec(name);
      return own !== undefined && other !== null && other[2] !== own;
    }),
  ).toEqual([]);
});

it("a feature is entered by its door", () => {
  expect(offenders((_path, name) => /^@\/features\/\w+\/./.test(name))).toEqual([]);
});

it("the design system knows no feature and runs no command", () => {
  expect(
    offenders(
      (path, name) => path.startsWith("components/") && /^@\/(features|app|api\/(client|host))/.test(name),
    ),
  ).toEqual([]);
});

it("the product knows nothing of the rehearsal and the tests", () => {
  const product = (path: string) => !/\.test\.tsx?$/.test(path);
  expect(offenders((path, name) => product(path) && /\/(dev|tests)\//.test(name))).toEqual([]);
});

it("no file is too long to be read at once", () => {
  const lines = (text: string) => text.split("\n").length;
  expect(files.filter(({ text }) => lines(text) > 300).map(({ path }) => path)).toEqual([]);
});

it("there are files to look at", () => {
  expect(files.length).toBeGreaterThan(80);
});
