// The dashboard in a real browser: who gets in, what the list shows, what the browser is allowed.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildDashboard } from "../../../api/web-build.ts";
import { STATUSES, type Status } from "../../../stacks/lifecycle.ts";
import { newKey } from "../../support/accounts.ts";
import { startTestBerth, type TestBerth } from "../../support/berth.ts";
import {
  accessibilityFindings,
  open,
  openBrowser,
  signIn,
  takePicture,
  type Visit,
  visit,
} from "../../support/browser.ts";
import { HOSTILE_NAME, insertOneOfEach } from "../../support/dashboard-rows.ts";

const TABS = [
  "",
  "/logs",
  "/pairing",
  "/backups",
  "/settings",
  "/usage",
  "/operations",
  "/callbacks",
  "/delete",
];
const ACCOUNT = ["/buy", "/account/keys", "/account/audit", "/account/sessions"];
const OPERATOR = ["fleet", "fleet/upgrade", "operations", "doctor", "payments", "accounts", "installation"];

/** By how many pixels the page is wider than its window. */
const SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth";

let ids: Record<Status, string>;
let berth: TestBerth;
let browser: Browser;
beforeAll(async () => {
  const dashboard = await buildDashboard(process.env);
  berth = await startTestBerth(99, {}, undefined, { dashboard });
  ids = await insertOneOfEach(berth);
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await berth?.close();
});

/** A visit that ends with its test, and that the browser has not complained of. */
async function visited(look: Parameters<typeof visit>[2], use: (visit: Visit) => Promise<void>) {
  const opened = await visit(browser, berth.url, look);
  try {
    await use(opened);
    expect(opened.complaints).toEqual([]);
  } finally {
    await opened.context.close();
  }
}

describe("signing in", () => {
  it("refuses a wrong key with the API's sentence, and takes a right one to the page that was wanted", async () => {
    await visited({}, async ({ page, context }) => {
      await open(page, "/account/keys");
      await page.waitForURL("**/sign-in?*");
      await page.getByPlaceholder("brt_").fill("brt_wrong");
      await page.getByRole("button", { name: "Sign in" }).click();
      await expect.poll(() => page.getByRole("alert").textContent()).toMatch(/wrong|expired|revoked/);
      const { apiKey } = await newKey(berth, { account: "shop", name: "page" });
      await page.getByPlaceholder("brt_").fill(apiKey);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.waitForURL("**/account/keys");
      await page.getByRole("heading", { name: "API keys" }).waitFor();
      const [cookie] = await context.cookies();
      expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict", path: "/" });
      const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
      expect(kept).not.toContain(apiKey);
      expect(await page.content()).not.toContain(apiKey);
    });
  });
  it("by the printed link works once, and leaves nothing in the address", async () => {
    const link = await berth.makeSignInLink?.();
    await visited({}, async ({ page }) => {
      await open(page, link ?? "");
      await page.getByRole("heading", { name: "Assistants" }).waitFor();
      expect(new URL(page.url()).hash).toBe("");
    });
    await visited({}, async ({ page }) => {
      await open(page, link ?? "");
      await page.getByRole("alert").waitFor();
      await page.getByPlaceholder("brt_").waitFor();
    });
  });
  it("ends on every page when its key is revoked", async () => {
    const { apiKey, keyId } = await newKey(berth, { account: "shop", name: "to be revoked" });
    await visited({}, async ({ page }) => {
      await signIn(page, apiKey);
      expect((await berth.call("DELETE", `/api/v1/keys/${keyId}`)).status).toBe(200);
      await page.waitForURL("**/sign-in?*");
    });
  });
});

describe("the list", () => {
  it("shows each state by one word, and a hostile name as the text that it is", async () => {
    await visited({}, async ({ page }) => {
      await signIn(page);
      const table = page.getByRole("table");
      for (const word of ["Not paid", "Paid", "Starting", "Active", "Stopped", "Suspended", "Failed"])
        await table.getByText(word, { exact: true }).waitFor();
      expect(await table.getByRole("link", { name: /Mallory/ }).textContent()).toBe(HOSTILE_NAME);
      expect(await page.locator("img").count()).toBe(0);
    });
  });
  it("is searched and filtered, and its address keeps both", async () => {
    await visited({}, async ({ page }) => {
      await signIn(page);
      await page.getByLabel("Search").fill("that is");
      await page.getByText(/^Stopped \d/).click();
      const rows = page.getByRole("table").getByRole("link");
      await expect.poll(() => rows.allTextContents()).toEqual(["Assistant that is stopped"]);
      await page.reload();
      await expect.poll(() => rows.allTextContents()).toEqual(["Assistant that is stopped"]);
    });
  });
  it("of an account that has none is the way to buy the first, and shows the same as curl", async () => {
    const { apiKey } = await newKey(berth, { account: "new-customer", name: "page" });
    await visited({}, async ({ page }) => {
      await signIn(page, apiKey);
      await page.getByText(`curl -X POST ${berth.url}/api/v1/assistants/purchase`).waitFor();
      await page.getByRole("button", { name: "Buy" }).click();
      await page.waitForURL("**/assistants/*");
      await page.getByText("Not paid").first().waitFor();
    });
  });
  it("lets a read key see everything, and says why it can't buy", async () => {
    const { apiKey } = await newKey(berth, { account: "reader", name: "page", scopes: ["read"] });
    await visited({}, async ({ page }) => {
      await signIn(page, apiKey);
      const buy = page.getByRole("button", { name: "Buy" });
      expect(await buy.getAttribute("aria-disabled")).toBe("true");
      await page.getByRole("radio", { name: "Own key" }).focus();
      await page.keyboard.press("Tab");
      await page.getByRole("tooltip").getByText("may read, not change").waitFor();
    });
  });
});

describe.each(["light", "dark"] as const)("in the %s theme", (scheme) => {
  it.each([390, 1440])("sign-in and list have no finding of axe at %i px", async (width) => {
    await visited({ scheme, width }, async ({ page }) => {
      await open(page, "/sign-in");
      await page.getByPlaceholder("brt_").waitFor();
      expect(await accessibilityFindings(page)).toEqual([]);
      await takePicture(page, `sign-in-${scheme}-${width}`);
      await signIn(page);
      await page.getByRole("table").waitFor();
      expect(await accessibilityFindings(page)).toEqual([]);
      await takePicture(page, `assistants-${scheme}-${width}`);
    });
  });
});

/** Nobody runs behind these rows: what asks Docker or the assistant is refused, and the page says so. */
describe("every page, with rows that nothing runs behind", () => {
  it.each([
    ["light", 1440],
    ["dark", 390],
  ] as const)(
    "has no finding of axe and no sideways scrolling, in the %s theme at %i px",
    async (scheme, width) => {
      const pages = [
        ...TABS.map((tab) => [`active${tab}`, `/assistants/${ids.active}${tab}`]),
        ...STATUSES.map((status) => [`state/${status}`, `/assistants/${ids[status]}`]),
        ...ACCOUNT.map((path) => [path.slice(1), path]),
        ...OPERATOR.map((name) => [`operator/${name}`, `/operator/${name}`]),
      ] as [string, string][];
      await visited({ scheme, width }, async ({ page }) => {
        await signIn(page);
        for (const [name, path] of pages) {
          await open(page, path);
          await page.getByRole("heading", { level: 1 }).waitFor();
          await page.waitForLoadState("domcontentloaded");
          await expect.poll(() => page.getByRole("status", { name: "Loading" }).count()).toBe(0);
          await takePicture(page, `${name.replaceAll("/", "-")}-${scheme}-${width}`);
          expect(await accessibilityFindings(page), name).toEqual([]);
          const overflow = await page.evaluate(SIDEWAYS);
          expect(Number(overflow), name).toBe(0);
        }
      });
    },
  );
});
