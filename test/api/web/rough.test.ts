// What a page meets that nobody wishes for: a proxy that answers by itself, no cookies, no storage, a clock that is years off,
// a part of the program that does not come, texts without end, a window of a few lines.
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Status } from "../../../stacks/lifecycle.ts";
import { newKey } from "../../support/accounts.ts";
import { API_KEY, type TestBerth } from "../../support/berth.ts";
import { beSignedIn, goTo, type Visit, visit } from "../../support/browser.ts";
import { startDashboard } from "../../support/dashboard.ts";
import { insertOperation } from "../../support/dashboard-past.ts";
import { insertOneOfEach } from "../../support/dashboard-rows.ts";

const YEAR_MS = 365 * 24 * 3_600_000;
/** 1280 px by 1024 px at 400 %, as WCAG has it. */
const ZOOMED = { width: 320, height: 256 };
const SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
/** Both kinds of storage refuse to be looked at, as where a browser blocks all data of a site. */
const NO_STORAGE = `for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, { get() { throw new DOMException("Access is denied.", "SecurityError"); } });`;
const HOSTILE = `<script>alert(1)</script>\u202e\u001b[31m${"unbroken".repeat(12_500)}`;

let ids: Record<Status, string>;
let berth: TestBerth;
let browser: Browser;
beforeAll(async () => {
  ({ berth, browser } = await startDashboard(95));
  ids = await insertOneOfEach(berth);
});
afterAll(async () => {
  await browser?.close();
  await berth?.close();
});

interface Meeting {
  readonly look?: Parameters<typeof visit>[2];
  readonly apiKey?: string;
  /** What the browser may complain of. */
  readonly but?: RegExp;
  readonly before?: (context: BrowserContext, page: Page) => Promise<unknown>;
}

/** Of somebody who is signed in; nothing is opened yet. */
async function met(
  { look = {}, apiKey = API_KEY, but, before }: Meeting,
  use: (visit: Visit) => Promise<void>,
) {
  const opened = await visit(browser, berth.url, look);
  try {
    await beSignedIn(opened, apiKey);
    await before?.(opened.context, opened.page);
    await use(opened);
    expect(opened.complaints.filter((complaint) => !but?.test(complaint))).toEqual([]);
  } finally {
    await opened.context.close();
  }
}

/** What React and the browser say of it, too. */
const BROKEN = /status of 50\d|answered 502|ERR_FAILED|dynamically imported module/;

describe("a proxy in between", () => {
  it("that answers with a page of its own is named, and Berth is asked again by a button", async () => {
    let isBroken = true;
    const html = { status: 502, contentType: "text/html", body: "<html><h1>502 Bad Gateway</h1></html>" };
    const before = (_: BrowserContext, page: Page) =>
      page.route("**/api/v1/**", (route) => (isBroken ? route.fulfill(html) : route.continue()));
    await met({ before, but: BROKEN }, async ({ page }) => {
      await page.goto("/account/keys");
      await page.getByText("Something between this page and Berth has answered 502.").waitFor();
      isBroken = false;
      await page.getByRole("button", { name: "Try again" }).click();
      await page.getByRole("heading", { name: "API keys" }).waitFor();
      isBroken = true;
      await page.getByRole("button", { name: "Make a key" }).click();
      await page.getByLabel("Name").fill("behind a proxy");
      await page.getByRole("button", { name: "Make the key" }).click();
      await page.getByRole("dialog").getByText("has answered 502").waitFor();
    });
  });

  it("that answers 200 with its own page is no answer of Berth's", async () => {
    const html = { status: 200, contentType: "text/html", body: "<html>Please sign in to the WLAN</html>" };
    const before = (_: BrowserContext, page: Page) =>
      page.route("**/api/v1/assistants?*", (route) => route.fulfill(html));
    await met({ before }, async ({ page }) => {
      await page.goto("/");
      await page.getByRole("alert").getByText("Berth could not be reached").waitFor();
    });
  });
});

it("a part of the program that does not come is named, and is there once the page begins anew", async () => {
  let isAway = true;
  const before = (_: BrowserContext, page: Page) =>
    page.route("**/assets/keys-*.js", (route) => (isAway ? route.abort() : route.continue()));
  await met({ before, but: BROKEN }, async ({ page }) => {
    await page.goto("/");
    await page.getByRole("table").waitFor();
    await page.getByRole("link", { name: "API keys" }).click();
    await page.getByText("A part of this page could not be loaded").waitFor();
    isAway = false;
    await page.getByRole("button", { name: "Load again" }).click();
    await page.getByRole("heading", { name: "API keys" }).waitFor();
  });
});

describe("a browser", () => {
  it("that keeps no cookie hears so when it signs in", async () => {
    const { page, context } = await visit(browser, berth.url);
    await page.route("**/api/v1/session", async (route) => {
      const answer = await route.fetch();
      const { "set-cookie": _, ...headers } = answer.headers();
      await context.clearCookies();
      await route.fulfill({ response: answer, headers });
    });
    await page.goto("/sign-in");
    await page.getByPlaceholder("brt_").fill(API_KEY);
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("did not keep the session's cookie").waitFor();
    await context.close();
  });

  it("without storage has all pages, keeps what is typed, and signs out", async () => {
    const { apiKey } = await newKey(berth, { account: "forgetful", name: "page" });
    const before = (context: BrowserContext) => context.addInitScript(NO_STORAGE);
    await met({ apiKey, before }, async ({ page }) => {
      await page.goto("/");
      await page.getByText("Dark", { exact: true }).click();
      await page.getByRole("button", { name: "Buy" }).click();
      await page.getByRole("button", { name: "Pay (simulated)" }).click();
      await page.getByRole("heading", { name: "Set up the assistant" }).waitFor();
      await page.locator("[data-path=name]").fill("Half done");
      await page.getByRole("link", { name: "Assistants", exact: true }).click();
      await page.getByRole("link", { name: /^Slot/ }).click();
      await expect.poll(() => page.locator("[data-path=name]").inputValue()).toBe("Half done");
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.getByPlaceholder("brt_").waitFor();
    });
  });

  it.each([-YEAR_MS, YEAR_MS])("whose clock is off by %d ms shows times by Berth's", async (off) => {
    const before = (context: BrowserContext) => context.clock.install({ time: Date.now() + off });
    await met({ before }, async ({ page }) => {
      await page.goto(`/assistants/${ids.deploying}`);
      await expect
        .poll(() => page.getByRole("region", { name: "Progress" }).textContent())
        .toMatch(/In progress(\d+ min )?\d+ s/);
      await goTo(page, `/assistants/${ids.failed}`);
      await expect.poll(() => page.getByRole("main").textContent()).toMatch(/Since \d+ minutes ago/);
      await goTo(page, `/assistants/${ids.active}`);
      // The line of the last hour is within the chart.
      await expect.poll(() => page.locator(".recharts-line-curve").count()).toBeGreaterThan(0);
    });
  });
});

it("a session that ends while nobody can be reached leads to signing in once somebody can", async () => {
  const { apiKey } = await newKey(berth, { account: "sleeper", name: "page" });
  let isCut = false;
  const before = (_: BrowserContext, page: Page) =>
    page.route("**/api/v1/**", (route) => (isCut ? route.abort() : route.continue()));
  await met({ apiKey, before, but: /ERR_FAILED|ERR_INCOMPLETE/ }, async ({ page, context }) => {
    await page.goto("/");
    await page.getByRole("button", { name: "Buy" }).waitFor();
    const session = await context.request.get("/api/v1/session");
    const { data } = (await session.json()) as { data: { sessionId: string } };
    isCut = true;
    expect((await berth.call("DELETE", `/api/v1/sessions/${data.sessionId}`)).status).toBe(200);
    await page.getByText("This page is not live").waitFor();
    isCut = false;
    await page.waitForURL("**/sign-in?*");
  });
});

it("a cause of 100 KB, with markup and terminal codes, is inert text that the page has room for", async () => {
  const { sql } = berth.installation;
  const cause = { code: "NOT_READY", message: HOSTILE };
  await insertOperation(sql, ids.failed, { kind: "redeploy", state: "failed", minutesAgo: 8, cause });
  await met({}, async ({ page }) => {
    for (const path of ["/", `/assistants/${ids.failed}`, `/assistants/${ids.failed}/operations`]) {
      await page.goto(path);
      await page.getByText("<script>alert(1)</script>").first().waitFor();
      expect(await page.evaluate(SIDEWAYS), path).toBe(0);
      expect(await page.evaluate("document.body.scrollHeight"), path).toBeLessThan(4_000);
    }
  });
});

it("at 400 % everything can be reached: the menu, a form's last field, a dialog's buttons", async () => {
  await met({ look: ZOOMED }, async ({ page }) => {
    await page.goto("/account/keys");
    await page.getByRole("button", { name: "Open the menu" }).click();
    const last = page.getByRole("button", { name: "Sign out" });
    await last.scrollIntoViewIfNeeded();
    await expect.poll(() => isWithin(page, last)).toBe(true);
    await page.getByRole("button", { name: "Close the menu" }).click();
    await page.getByRole("button", { name: "Make a key" }).click();
    const make = page.getByRole("button", { name: "Make the key" });
    await make.scrollIntoViewIfNeeded();
    await expect.poll(() => isWithin(page, make)).toBe(true);
    expect(await page.evaluate(SIDEWAYS)).toBe(0);
  });
});

it("dialogs take the focus, keep it, and give it back; Escape closes them", async () => {
  const { apiKey } = await newKey(berth, { account: "by-keys", name: "page" });
  await met({ apiKey }, async ({ page }) => {
    await page.goto("/account/keys");
    for (const name of ["Make a key", "Rotate", "Revoke"]) {
      const opener = page.getByRole("button", { name, exact: true }).first();
      await opener.focus();
      await page.keyboard.press("Enter");
      const dialog = page.getByRole("dialog");
      await dialog.locator(":focus").waitFor();
      for (let tabs = 0; tabs < 12; tabs++) {
        await page.keyboard.press("Tab");
        expect(await dialog.locator(":focus").count(), `${name}, tab ${tabs}`).toBe(1);
      }
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
      await expect
        .poll(() => opener.evaluate((one) => one === one.ownerDocument.activeElement), { message: name })
        .toBe(true);
    }
  });
});

it("what is slow to come is said to load", async () => {
  const before = (_: BrowserContext, page: Page) => page.route("**/api/v1/**", () => {});
  await met({ before }, async ({ page }) => {
    await page.goto("/");
    await page.getByRole("status", { name: "Loading" }).waitFor();
    await page.unrouteAll({ behavior: "ignoreErrors" });
  });
});

it("the overview says why there is no chart of the network where the target does not count it", async () => {
  const usage = {
    cpuCores: 0.1,
    memoryBytes: 1e8,
    memoryLimitBytes: 2e8,
    receivedBytes: null,
    sentBytes: null,
  };
  const others = { restarts: 0, uptimeSeconds: 60, stateUsedBytes: 1e6, stateLimitBytes: null };
  const before = async (_: BrowserContext, page: Page) => {
    await page.route("**/metrics", (route) => route.fulfill({ json: { data: { ...usage, ...others } } }));
    await page.route("**/metrics/history", (route) => route.fulfill({ json: { data: [] } }));
  };
  await met({ before }, async ({ page }) => {
    await page.goto(`/assistants/${ids.active}`);
    await page.getByText("On AWS and Kubernetes, Berth can't count what it receives and sends.").waitFor();
    expect(await page.getByRole("img", { name: "Network over time" }).count()).toBe(0);
  });
});

async function isWithin(page: Page, element: ReturnType<Page["locator"]>): Promise<boolean> {
  const box = await element.boundingBox();
  const { height = 0 } = page.viewportSize() ?? {};
  return box !== null && box.y >= 0 && box.y + box.height <= height;
}
