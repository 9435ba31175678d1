// A real browser that looks at a running Berth's dashboard.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContext, chromium, type Page, type Request } from "playwright-core";
import { expect, onTestFailed } from "vitest";
import { PICTURES_VARIABLE } from "../temporary.ts";
import { OPTIONS } from "../vitest-options.ts";
import { API_KEY } from "./berth.ts";
import { findChromium } from "./chromium.ts";

/** Where pictures of every page are left for a person to look at. */
export const PICTURES = process.env[PICTURES_VARIABLE] ?? join(tmpdir(), "berth-pictures");

const AXE = fileURLToPath(import.meta.resolve("axe-core/axe.min.js"));
/** WCAG 2.2, A and AA. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const OF_COLOURS = ["color-contrast", "link-in-text-block"];
/** What is refused is an answer, and the page shows it. */
const EXPECTED = /status of (?:40[0-9]|503)/;
const IN_ITS_NETWORK = fileURLToPath(new URL("browser-network.ts", import.meta.url));

/** As what a test waits for; usually it is there at once. */
const WITHIN_MS = OPTIONS.expect.poll.timeout;
/** Streams of events, and followed logs. */
const ENDLESS = /\/api\/v1\/(?:events|assistants\/[^/]+\/(?:events|logs))\b/;
/** What each page waits for. */
const WAITED_FOR = new WeakMap<Page, ReadonlySet<Request>>();

export type AxePart = "all" | "all but colours" | "colours";

export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: "light" | "dark";
}

export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the browser complained of: errors, what the Content-Security-Policy has refused. */
  readonly complaints: readonly string[];
}

/** One that reaches nothing but what listens at `url`, on loopback, and sees no change of this host's network. */
export async function openBrowser(url: string): Promise<Browser> {
  const chromiumPath = await findChromium(process.env);
  if (!chromiumPath) throw new Error("There is no Chromium: run the tests by `npm test`, which installs it.");
  const folder = await mkdtemp(join(tmpdir(), "berth-browser-"));
  const socket = join(folder, "socket");
  const { port } = new URL(url);
  const relay = createServer({ allowHalfOpen: true }, (from) => {
    const to = connect({ host: "127.0.0.1", port: Number(port), allowHalfOpen: true });
    pipeline(from, to, from, () => {});
  });
  await new Promise<void>((resolve) => relay.listen(socket, resolve));
  const executablePath = join(folder, "browser");
  const isolated = ["unshare", "--net", ...(process.getuid?.() === 0 ? [] : ["--map-root-user"])];
  const command = [...isolated, process.execPath, IN_ITS_NETWORK, port, socket, chromiumPath];
  const script = `#!/bin/sh\nexec ${command.map((word) => `'${word}'`).join(" ")} "$@"\n`;
  await writeFile(executablePath, script, { mode: 0o700 });
  // Chromium's own sandbox does not start as root.
  const browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox"],
    timeout: WITHIN_MS,
  });
  browser.once("disconnected", () => {
    relay.close();
    void rm(folder, { recursive: true, force: true });
  });
  return browser;
}

export async function visit(browser: Browser, url: string, look: Look = {}): Promise<Visit> {
  const { width = 1440, height = 900, scheme = "light" } = look;
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width, height },
    colorScheme: scheme,
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(WITHIN_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  const waitedFor = new Set<Request>();
  WAITED_FOR.set(page, waitedFor);
  page.on("request", (request) => void (ENDLESS.test(request.url()) || waitedFor.add(request)));
  for (const end of ["requestfinished", "requestfailed"] as const)
    page.on(end as "requestfinished", (request) => void waitedFor.delete(request));
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("console", (message) => {
    const text = message.text();
    if (message.type() === "error" && !EXPECTED.test(text)) complaints.push(text);
  });
  const visited = { page, context, complaints };
  if (expect.getState().currentTestName) tellWhenFailed(visited);
  return visited;
}

/** A time-out alone does not say what the page showed instead. */
function tellWhenFailed({ page, context, complaints }: Visit): void {
  const refused: string[] = [];
  let shown = "nothing";
  page.on("response", (answer) => {
    if (answer.status() >= 400)
      refused.push(`${answer.request().method()} ${answer.url()}: ${answer.status()}`);
  });
  const look = async () => {
    shown = `${page.url()}\n${await page.locator("body").ariaSnapshot({ timeout: 2_000 })}`;
  };
  const close = context.close.bind(context);
  context.close = async () => {
    await look().catch(() => {});
    await close();
  };
  onTestFailed(async () => {
    await look().catch(() => {});
    console.error(
      [`The page showed ${shown}`, "Refused:", ...refused, "Complaints:", ...complaints].join("\n"),
    );
  });
}

/** Signs in as somebody does who has a key. */
export async function signIn(page: Page, apiKey = API_KEY): Promise<void> {
  await page.goto("/sign-in");
  await page.getByPlaceholder("brt_").fill(apiKey);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Sign out" }).waitFor({ state: "attached" });
}

/** The same by the call alone, for a test that is about something else. Nothing is opened. */
export async function beSignedIn({ context }: Visit, apiKey = API_KEY): Promise<void> {
  const headers = { "Sec-Fetch-Site": "same-origin" };
  const answer = await context.request.post("/api/v1/session", { data: { apiKey }, headers });
  if (answer.status() !== 201) throw new Error(`Not signed in: ${await answer.text()}`);
}

/** Goes to a page of the dashboard that is open, as a click on a link does, and waits until all of it is there. */
export async function goTo(page: Page, path: string): Promise<void> {
  await page.evaluate(`history.pushState({}, "", ${JSON.stringify(path)})`);
  await page.waitForURL(`**${path}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  const loads = page.getByRole("status", { name: "Loading" });
  const isLoading = async () => (WAITED_FOR.get(page)?.size ?? 0) > 0 || (await loads.count()) > 0;
  // What has come may have the page ask for more, once it has been painted.
  for (let settled = 0; settled < 2; settled = (await isLoading()) ? 0 : settled + 1)
    await page.waitForTimeout(30);
}

/**
 * Findings of axe on the page as it is now, each as rule and place.
 * @param part half of the time goes into colours
 */
export async function accessibilityFindings(page: Page, part: AxePart): Promise<readonly string[]> {
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(await readFile(AXE, "utf8"));
  const runOnly = part === "colours" ? { type: "rule", values: OF_COLOURS } : { type: "tag", values: RULES };
  const rules = Object.fromEntries(OF_COLOURS.map((rule) => [rule, { enabled: part !== "all but colours" }]));
  const options = { runOnly, resultTypes: ["violations"], rules };
  return page.evaluate(async (wanted) => {
    const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<AxeResult> } };
    const { violations } = await axe.run(wanted);
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
  }, options);
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

export async function takePicture(page: Page, name: string): Promise<void> {
  await mkdir(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
}
