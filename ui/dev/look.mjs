/**
 * Takes pictures of the rehearsal build in Chromium, under the product's content policy, and tells every console
 * error: `npx vite build --mode rehearsal && node dev/look.mjs OUT_FOLDER [scene…]`.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { chromium } from "playwright-core";

const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src ipc: http://ipc.localhost; worker-src 'self' blob:";
const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".woff2": "font/woff2",
  ".json": "application/json",
};
const FREEZE = readFileSync(new URL("../../src-tauri/src/freeze.js", import.meta.url), "utf8");
const AXE = readFileSync(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const ROOT = new URL("../dist-rehearsal/", import.meta.url).pathname;

const [out = "look", ...wanted] = process.argv.slice(2);
mkdirSync(out, { recursive: true });

const server = createServer((request, response) => {
  const path = new URL(request.url, "http://localhost").pathname;
  const file = join(ROOT, path === "/" ? "dev/index.html" : path);
  try {
    const body = readFileSync(file);
    response.writeHead(200, {
      "content-type": TYPES[extname(file)] ?? "application/octet-stream",
      "content-security-policy": POLICY,
    });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
}).listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const base = `http://127.0.0.1:${server.address().port}/`;

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  ignoreDefaultArgs: ["--hide-scrollbars"],
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});

const question = "Which region brings in the most revenue, and how did it develop?";
const ask = async (page, text = question) => {
  await page.getByTestId("question-input").fill(text);
  await page.getByTestId("question-input").press("Enter");
};
const lastChat = (page) => page.getByTestId("chat-item").first().getByRole("button").first().click();

const openSample = async (page) => {
  await page.getByTestId("sample-orders").click();
  await page.getByTestId("column-header").nth(2).waitFor();
  await page.locator(".ag-cell").nth(3).waitFor();
};

/** Each scene: the address, the size of the window, the colours, and what to do before the picture. */
const SCENES = {
  "first-run": { query: "?fresh" },
  "first-run-dark": { query: "?fresh", dark: true },
  "first-run-small": { query: "?fresh", size: [1024, 700] },
  starters: {
    query: "?fresh",
    act: async (page) => {
      await page.getByTestId("sample-orders").click();
      await page.getByTestId("starter-question").first().waitFor();
      await page.getByTestId("column-header").nth(2).waitFor();
    },
  },
  column: {
    query: "?fresh",
    act: async (page) => {
      await page.getByTestId("sample-orders").click();
      await page.getByTestId("column-header").nth(2).waitFor();
      await page.locator(".ag-grid-viewport").evaluate((e) => e.scrollTo(400, 0));
      await page.getByTestId("column-header").filter({ hasText: "unit_price" }).click();
      await page.waitForTimeout(400);
    },
  },
  filtered: {
    query: "?fresh",
    act: async (page) => {
      await openSample(page);
      const menu = async (name) => {
        await page.getByTestId("column-header").filter({ hasText: name }).hover();
        await page.getByRole("button", { name: `Sort or filter ${name}` }).click();
      };
      await menu("region");
      await page.getByRole("checkbox").nth(1).click();
      await page.getByTestId("filter-apply").click();
      await menu("category");
      await page.getByRole("button", { name: "Greatest first" }).click();
      await menu("order_date");
      await page.getByRole("button", { name: "Smallest first" }).click({ modifiers: ["Shift"] });
      await page.locator('.ag-cell[col-id="0"]').nth(2).click();
      await page.keyboard.press("Control+f");
      await page.keyboard.type("Everett");
      await page.getByText(/1 of \d+/).waitFor();
      await page.keyboard.press("Enter");
      await page.keyboard.press("Enter");
      await page.getByText(/3 of \d+/).waitFor();
      await page.waitForTimeout(300);
    },
  },
  "filter-by-keys": {
    query: "?fresh",
    dark: true,
    act: async (page) => {
      await openSample(page);
      await page.locator('.ag-cell[col-id="2"]').first().click();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Alt+ArrowDown");
      await page.getByTestId("filter-apply").waitFor();
      await page.waitForTimeout(300);
    },
  },
  "header-by-keys": {
    query: "?fresh",
    act: async (page) => {
      await openSample(page);
      await page.locator('.ag-cell[col-id="2"]').first().click();
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Enter");
      await page.getByTestId("column-stats").waitFor();
      await page.keyboard.press("Alt+ArrowDown");
      await page.getByTestId("filter-apply").waitFor();
      await page.waitForTimeout(200);
    },
  },
  "ledger-from-chip": {
    act: async (page) => {
      await page.getByTestId("privacy-chip").click();
      await page.getByTestId("ledger-open").click();
      await page.getByTestId("ledger-entry").first().waitFor();
      await page.waitForTimeout(300);
    },
  },
  "data-small": {
    query: "?fresh",
    size: [1024, 700],
    act: async (page) => {
      await openSample(page);
      await page.getByTestId("column-header").first().click();
      await page.getByTestId("histogram").waitFor();
    },
  },
  reread: {
    query: "?fresh",
    act: async (page) => {
      await openSample(page);
      await page.getByTestId("reread-open").click();
      await page.getByTestId("reread-delimiter").selectOption({ label: "Tab" });
      await page.getByTestId("reread-type").nth(1).selectOption("text");
      await page.waitForTimeout(600);
    },
  },
  opening: {
    query: "?fresh&opening=4000",
    act: async (page) => {
      await page.evaluate(() =>
        window.rehearsal.drag.drop(["/home/maria/large.csv", "/home/maria/other.csv"]),
      );
      await page.getByTestId("provisional-grid").getByRole("table").waitFor();
      await page.waitForTimeout(1200);
    },
  },
  sql: {
    act: async (page) => {
      await page.getByTestId("dataset-item").first().getByRole("button").nth(1).click();
      await page.keyboard.press("Control+Shift+S");
      await page.locator(".cm-content").click();
      await page.keyboard.press("Control+a");
      await page.keyboard.type("SELECT * FROM orders o JOIN returns_2025 r ON o.customer = r.customer");
      await page.keyboard.press("Control+Enter");
      await page.getByTestId("join-fan-out").waitFor();
      await page.waitForTimeout(200);
    },
  },
  ledger: {
    act: async (page) => {
      await page.getByTestId("dataset-item").first().waitFor();
      await page.keyboard.press("Control+Shift+L");
      await page.getByTestId("ledger-verify").click();
      await page.getByTestId("ledger-entry").nth(1).click();
      await page.getByTestId("ledger-body-open").click();
      await page.getByTestId("ledger-body").waitFor();
      await page.waitForTimeout(200);
    },
  },
  running: {
    query: "?slow=1",
    act: async (page) => {
      await page.getByTestId("dataset-item").first().getByRole("button").nth(0).click();
      await ask(page);
      await page.waitForTimeout(4200);
      await page.getByTestId("code-toggle").last().click();
      await page.waitForTimeout(600);
    },
  },
  answered: {
    act: async (page) => {
      await lastChat(page);
      await page.locator(".js-plotly-plot .legend").first().waitFor();
      await page.waitForTimeout(500);
      await page.waitForTimeout(300);
    },
  },
  "answered-end": {
    act: async (page) => {
      await lastChat(page);
      await page.locator(".js-plotly-plot .legend").first().waitFor();
      await page.waitForTimeout(600);
      await page.getByTestId("code-toggle").last().click();
      await page.locator(".cm-editor").waitFor();
      await page.getByTestId("rerun-cell").click();
      await page.waitForTimeout(1500);
      await page.getByTestId("rerun-result").scrollIntoViewIfNeeded();
      await page.waitForTimeout(300);
    },
  },
  "answered-dark": {
    dark: true,
    act: async (page) => {
      await lastChat(page);
      await page.locator(".js-plotly-plot .legend").first().waitFor();
      await page.waitForTimeout(500);
      await page.waitForTimeout(300);
    },
  },
  "answered-small": {
    size: [1024, 700],
    act: async (page) => {
      await lastChat(page);
      await page.locator(".js-plotly-plot .legend").first().waitFor();
      await page.waitForTimeout(800);
    },
  },
  ended: {
    act: async (page) => {
      await page.getByTestId("chat-item").nth(1).getByRole("button").first().click();
      await page.waitForTimeout(600);
    },
  },
  settings: {
    act: async (page) => {
      await page.getByTestId("settings-open").click();
      await page.getByTestId("provider-select").selectOption("anthropic");
      await page.waitForTimeout(300);
    },
  },
  "settings-privacy": {
    act: async (page) => {
      await page.getByTestId("settings-open").click();
      await page.getByTestId("settings-privacy").click();
      await page.waitForTimeout(300);
    },
  },
  "settings-python": {
    query: "?python=missing",
    dark: true,
    act: async (page) => {
      await page.getByTestId("python-status").click();
      await page.getByRole("button", { name: "Install" }).click();
      await page.waitForTimeout(1800);
    },
  },
  "settings-health": {
    act: async (page) => {
      await page.getByTestId("settings-open").click();
      await page.getByTestId("settings-health").click();
      await page.waitForTimeout(300);
    },
  },
  agents: {
    act: async (page) => {
      await page.getByTestId("agents-open").click();
      await page.waitForTimeout(400);
    },
  },
  palette: {
    act: async (page) => {
      await page.keyboard.press("Control+k");
      await page.waitForTimeout(400);
    },
  },
  shortcuts: {
    act: async (page) => {
      await page.locator("h1").first().click();
      await page.keyboard.press("?");
      await page.waitForTimeout(400);
    },
  },
  mention: {
    act: async (page) => {
      await lastChat(page);
      await page.getByTestId("question-input").pressSequentially("@da");
      await page.waitForTimeout(300);
    },
  },
  privacy: {
    act: async (page) => {
      await lastChat(page);
      await page.getByTestId("privacy-chip").click();
      await page.waitForTimeout(300);
    },
  },
  claims: {
    act: async (page) => {
      await lastChat(page);
      await page.getByTestId("run-footer").getByRole("button").first().click();
      await page.waitForTimeout(400);
    },
  },
  drop: {
    act: async (page) => {
      await page.evaluate(() => window.rehearsal.drag.enter());
      await page.waitForTimeout(200);
    },
  },
  refused: {
    query: "?fresh",
    act: async (page) => {
      await page.evaluate(() => window.rehearsal.drag.drop(["/home/maria/model.pkl"]));
      await page.getByTestId("error-card").waitFor();
    },
  },
  paste: {
    query: "?fresh",
    act: async (page) => {
      await page.getByTestId("paste-table").click();
      await page.waitForTimeout(300);
    },
  },
};

/** What keeps people who do not see, or do not use a mouse, from using what is shown. */
async function violations(page) {
  await page.evaluate(AXE);
  const report = await page.evaluate(() =>
    window.axe.run({ exclude: [".cm-scroller"] }, { resultTypes: ["violations"] }),
  );
  return report.violations;
}

let troubles = 0;
for (const [name, scene] of Object.entries(SCENES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const [width, height] = scene.size ?? [1440, 900];
  const page = await browser.newPage({
    viewport: { width, height },
    colorScheme: scene.dark ? "dark" : "light",
  });
  const tell = (text) => {
    troubles += 1;
    console.error(`${name}: ${text}`);
  };
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && tell(message.text()));
  page.on("pageerror", (error) => tell(error.message));
  page.on(
    "request",
    (request) =>
      !request.url().startsWith(base) &&
      !/^(data|blob):/.test(request.url()) &&
      tell(`asked for ${request.url()}`),
  );
  // As the desktop window does.
  await page.addInitScript(FREEZE);
  try {
    await page.goto(base + (scene.query ?? ""));
    await page.getByTestId("question-input").waitFor();
    await scene.act?.(page);
    await page.evaluate(() => document.fonts.ready);
    for (const { id, help, nodes } of await violations(page)) {
      tell(`${id}: ${help} (${nodes.length}): ${nodes[0].target.join(" ")} ${nodes[0].html.slice(0, 160)}`);
    }
  } catch (error) {
    tell(error.message.split("\n")[0]);
  }
  await page.screenshot({ path: join(out, `${name}.png`) });
  await page.close();
}
await browser.close();
server.close();
process.exitCode = troubles ? 1 : 0;
