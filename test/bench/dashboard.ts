// What a visitor of the dashboard waits for: how much is loaded at first, and when the list has been painted.
import type { Browser, Page } from "playwright-core";
import { beSignedIn, openBrowser, visit } from "../support/browser.ts";
import { type Installation, openInstallation } from "./scale/installation.ts";
import { kib, median, ms, type Table } from "./table.ts";

const SLICE = 48;
/** Of the largest account, which has half of all. */
const DEPLOYMENTS = 1_000;
const ROUNDS = 9;
const POLL_MS = 50;
const MOST_POLLS = 600;

/** When the first row of the list has been painted, in milliseconds since the page was asked for. */
const PAINTED = `
  new MutationObserver((_changes, observer) => {
    if (!document.querySelector("tbody tr")) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => { globalThis.painted = performance.now(); }));
  }).observe(document, { childList: true, subtree: true });`;

interface Seen {
  readonly paintedMs: number;
  /** Of the page itself. */
  readonly programBytes: number;
  readonly answerBytes: number;
}

/** What has come by then, over the wire: of the browser's cache nothing. */
const SEEN = `(() => {
  const loaded = ["navigation", "resource"].flatMap((type) => performance.getEntriesByType(type));
  const bytes = (isAnswer) => loaded
    .filter(({ name }) => name.includes("/api/") === isAnswer)
    .reduce((sum, { transferSize }) => sum + transferSize, 0);
  return { paintedMs: globalThis.painted, programBytes: bytes(false), answerBytes: bytes(true) };
})()`;

export async function dashboard(): Promise<Table> {
  const installation = await openInstallation(SLICE, 2 * DEPLOYMENTS);
  try {
    const browser = await openBrowser(installation.server.url);
    return await measure(browser, installation).finally(() => browser.close());
  } finally {
    await installation.close();
  }
}

async function measure(browser: Browser, { server, apiKey }: Installation): Promise<Table> {
  const first: Seen[] = [];
  const again: Seen[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const [one, other] = await twoVisits(browser, server.url, apiKey);
    // In the first the server compiles what it has not run yet.
    if (round === 0) continue;
    first.push(one);
    again.push(other);
  }
  const row = (name: string, words: (value: number) => string, of: keyof Seen, goal: string) => [
    name,
    ...[first, again].map((visits) => words(median(visits.map((seen) => seen[of])))),
    goal,
  ];
  return [
    [`the list of ${DEPLOYMENTS} deployments, p50 of ${ROUNDS}`, "first visit", "again", "goal"],
    row("the list is painted after", ms, "paintedMs", "≤ 1 s"),
    row("the page, compressed", kib, "programBytes", "≤ 250 KB"),
    row("answers of the API", kib, "answerBytes", ""),
  ];
}

/** By somebody whose browser has nothing of it yet; then once more. */
async function twoVisits(browser: Browser, url: string, apiKey: string): Promise<[Seen, Seen]> {
  const visitor = await visit(browser, url);
  const { page, context } = visitor;
  try {
    await beSignedIn(visitor, apiKey);
    await page.addInitScript(PAINTED);
    await page.goto("/");
    const first = await seen(page);
    await page.goto("/");
    return [first, await seen(page)];
  } finally {
    await context.close();
  }
}

async function seen(page: Page): Promise<Seen> {
  // The page's policy forbids what Playwright would wait by.
  for (let polls = 0; !(await page.evaluate("globalThis.painted")); polls++) {
    if (polls === MOST_POLLS) throw new Error("The list was not painted within half a minute.");
    await page.waitForTimeout(POLL_MS);
  }
  return page.evaluate<Seen>(SEEN);
}
