import { expect, it } from "vitest";
import { readableDraft } from "./draft";

const cases: [string, string, string, string][] = [
  ["plain code passes", "write_code", "import pandas\nprint(1)", "import pandas\nprint(1)"],
  ["a fence around code goes", "write_code", "```python\nprint(1)\n```", "print(1)"],
  ["a fence that has not ended goes too", "fix_code", "```python\nprint(", "print("],
  [
    "code inside JSON is taken out",
    "write_code",
    '{"summary":"s","code":"a = 1\\nb = \\"x\\""}',
    'a = 1\nb = "x"',
  ],
  ["JSON that has not ended gives what there is", "write_code", '{"code":"a = 1\\nb', "a = 1\nb"],
  ["a break inside an escape waits", "write_code", '{"code":"a\\', "a"],
  ["a break inside a Unicode escape waits", "write_code", '{"code":"a\\u00e', "a"],
  ["JSON before its field shows nothing", "write_code", '{"summary":"half', ""],
  ["an answer is its text", "answer", '{"claims":[],"text":"West **leads**', "West **leads**"],
  ["a plan is its reason", "plan", '{"complexity":"basic","reason":"One mean per gr', "One mean per gr"],
];

it.each(cases)("%s", (_name, purpose, raw, readable) => {
  expect(readableDraft(purpose, raw)).toBe(readable);
});
