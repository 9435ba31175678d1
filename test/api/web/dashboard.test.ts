// The dashboard in a real browser: who gets in, what the list shows, buying, what the browser is allowed.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plainText } from "../../../api/web/parts/plain-text.ts";
import type { Status } from "../../../stacks/lifecycle.ts";
import { newKey } from "../../support/accounts.ts";
import { API_KEY, MODEL_KEY, newBotToken, type TestBerth } from "../../support/berth.ts";
import { beSignedIn, goTo, signIn, type Visit, visit } from "../../support/browser.ts";
import { startDashboard } from "../../support/dashboard.ts";
import { HOSTILE_NAME, insertOneOfEach, insertUnpaid } from "../../support/dashboard-rows.ts";
import { deliver, type PolarServer, polarSettings, startPolar } from "../../support/polar.ts";

const NOT_BEGUN = 10;

let ids: Record<Status, string>;
let polar: PolarServer;
let berth: TestBerth;
let browser: Browser;
beforeAll(async () => {
  polar = await startPolar();
  ({ berth, browser } = await startDashboard(99, polarSettings(polar)));
  ids = await insertOneOfEach(berth);
});
afterAll(async () => {
  await browser?.close();
  await berth?.close();
  await polar?.close();
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
      await page.goto("/account/keys");
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
      await page.goto(link ?? "");
      await page.getByRole("heading", { name: "Assistants" }).waitFor();
      expect(new URL(page.url()).hash).toBe("");
    });
    await visited({}, async ({ page }) => {
      await page.goto(link ?? "");
      await page.getByRole("alert").waitFor();
      await page.getByPlaceholder("brt_").waitFor();
      // A fresh one in the same tab is another address of the same page.
      await page.goto((await berth.makeSignInLink?.()) ?? "");
      await page.getByRole("heading", { name: "Assistants" }).waitFor();
    });
  });
  it("ends under an open page when its key is revoked; another key leads back to that page", async () => {
    const { apiKey, keyId } = await newKey(berth, { account: "shop", name: "to be revoked" });
    const { apiKey: another } = await newKey(berth, { account: "shop", name: "another" });
    await visited({}, async (here) => {
      const { page } = here;
      await beSignedIn(here, apiKey);
      await page.goto("/account/sessions");
      await page.getByRole("heading", { name: "Sessions" }).waitFor();
      expect((await berth.call("DELETE", `/api/v1/keys/${keyId}`)).status).toBe(200);
      await page.waitForURL("**/sign-in?*");
      await page.getByPlaceholder("brt_").fill(another);
      await page.keyboard.press("Enter");
      await page.waitForURL("**/account/sessions");
      await page.getByText("This one").waitFor();
    });
  });
  it("ends under an open page when somebody ends that session, too", async () => {
    await visited({}, async (here) => {
      const { page } = here;
      await beSignedIn(here);
      await page.goto(`/assistants/${ids.stopped}/backups`);
      await page.getByRole("heading", { name: "Backups" }).waitFor();
      const { data } = (await (await here.context.request.get("/api/v1/session")).json()) as {
        data: { sessionId: string };
      };
      expect((await berth.call("DELETE", `/api/v1/sessions/${data.sessionId}`)).status).toBe(200);
      await page.waitForURL("**/sign-in?*");
    });
  });
  it("again has what was typed into settings and limits meanwhile; undone, it is gone", async () => {
    const { keyId, apiKey } = await newKey(berth, { account: "default", name: "typing" });
    await visited({}, async (here) => {
      const { page } = here;
      const field = (name: string) => page.locator(`[data-path="${name}"]`);
      const tab = (name: string) => page.getByRole("link", { name, exact: true });
      await beSignedIn(here, apiKey);
      await page.goto(`/assistants/${ids.stopped}/settings`);
      const before = await field("name").inputValue();
      await field("name").fill("Typed");
      await field("modelApiKey").fill(MODEL_KEY);
      await field("image").fill("example.test/own:1");
      await tab("Usage and limits").click();
      await field("requestsAtOnce").fill("3");
      expect((await berth.call("DELETE", `/api/v1/keys/${keyId}`)).status).toBe(200);
      await page.waitForURL("**/sign-in?*");
      await page.getByPlaceholder("brt_").fill(API_KEY);
      await page.keyboard.press("Enter");
      await expect.poll(() => field("requestsAtOnce").inputValue()).toBe("3");
      await tab("Settings").click();
      await expect.poll(() => field("name").inputValue()).toBe("Typed");
      expect(await field("image").inputValue()).toBe("example.test/own:1");
      await page.reload();
      await expect.poll(() => field("name").inputValue()).toBe("Typed");
      expect(await field("modelApiKey").inputValue()).toBe("");
      await page.getByRole("button", { name: "Undo" }).click();
      await page.reload();
      await expect.poll(() => field("name").inputValue()).toBe(before);
    });
  });
});

describe("the list", () => {
  it("shows each state by one word, a hostile name as inert text, and is searched and filtered", async () => {
    await visited({}, async ({ page }) => {
      await signIn(page);
      const table = page.getByRole("table");
      for (const word of ["Not paid", "Paid", "Starting", "Active", "Stopped", "Suspended", "Failed"])
        await table.getByText(word, { exact: true }).waitFor();
      const name = await table.getByRole("link", { name: /Mallory/ }).textContent();
      expect(name).toBe(plainText(HOSTILE_NAME));
      expect(name).toContain("<img src=x");
      expect(await page.locator("img").count()).toBe(0);
      await page.getByLabel("Search").fill("that is");
      await page.getByText(/^Stopped \d/).click();
      const rows = table.getByRole("link");
      await expect.poll(() => rows.allTextContents()).toEqual(["Assistant that is stopped"]);
      await page.reload();
      await expect.poll(() => rows.allTextContents()).toEqual(["Assistant that is stopped"]);
    });
  });
  it("of an account that has none shows the way to buy the first, as curl too, and each place to choose", async () => {
    const { apiKey } = await newKey(berth, { account: "new-customer", name: "page" });
    await visited({}, async (here) => {
      const { page } = here;
      await beSignedIn(here, apiKey);
      const regions = ["eu-central-1", "us-east-1"];
      await page.route("**/api/v1/offer", async (route) => {
        const answer = await route.fetch();
        const { data } = (await answer.json()) as { data: object };
        await route.fulfill({ response: answer, json: { data: { ...data, regions } } });
      });
      await page.goto("/");
      await page.getByText(`curl -X POST ${berth.url}/api/v1/assistants/purchase`).waitFor();
      await page.getByRole("combobox", { name: "Region" }).click();
      await page.getByRole("option", { name: "us-east-1" }).click();
      await page.getByText('"region":"us-east-1"').waitFor();
      const bought = page.waitForRequest("**/assistants/purchase");
      await page.getByRole("button", { name: "Buy" }).click();
      expect((await bought).postDataJSON()).toEqual({ apiMode: "byok", region: "us-east-1" });
      // This one is on Docker.
      await page.getByRole("alert").waitFor();
    });
  });
  it("lets a read key see everything, and says why it can't buy", async () => {
    const { apiKey } = await newKey(berth, { account: "reader", name: "page", scopes: ["read"] });
    await visited({}, async (here) => {
      const { page } = here;
      await beSignedIn(here, apiKey);
      await page.goto("/");
      const buy = page.getByRole("button", { name: "Buy" });
      await buy.waitFor();
      expect(await buy.getAttribute("aria-disabled")).toBe("true");
      await page.getByRole("radio", { name: "Own key" }).focus();
      await page.keyboard.press("Tab");
      await page.getByRole("tooltip").getByText("may read, not change").waitFor();
    });
  });
});

it("by the keyboard alone: signed in, bought, paid at Polar, set up, cancelled, deleted", async () => {
  const { apiKey } = await newKey(berth, { account: "keyboard", name: "page" });
  await visited({}, async ({ page, context }) => {
    const press = (key: string) => page.keyboard.press(key);
    /** Tabs until that has the focus, which is seen. */
    const tabTo = async (selector: string, name?: string | RegExp) => {
      const wanted = page.locator(selector, name === undefined ? {} : { hasText: name }).first();
      await wanted.waitFor();
      for (let tabs = 0; tabs < 60; tabs++) {
        await press("Tab");
        if (await wanted.evaluate((element) => element === element.ownerDocument.activeElement)) return;
      }
      throw new Error(`${selector} ${name ?? ""} can't be reached by the keyboard.`);
    };
    await page.goto("/sign-in");
    await tabTo("input[placeholder^=brt_]");
    await page.keyboard.type(apiKey);
    await press("Enter");
    await page.getByRole("heading", { name: "Choose a slot" }).waitFor();
    await tabTo("button", "Buy");
    await press("Enter");
    await page.waitForURL("**/assistants/*");

    await tabTo("a", "Open the checkout");
    const [checkout] = await Promise.all([context.waitForEvent("page"), press("Enter")]);
    await checkout.close();
    const [id, { url }] = [...polar.checkouts].at(-1) ?? ["", { url: "" }];
    expect(await page.getByRole("link", { name: "Open the checkout" }).getAttribute("href")).toBe(url);
    const { events } = polar.buy(id);
    for (const told of events) await deliver(berth.url, told);
    await page.getByRole("heading", { name: "Set up the assistant" }).waitFor();

    await tabTo("[data-path=name]");
    await page.keyboard.type("By keys");
    await tabTo("[data-path=modelId]");
    await page.keyboard.type("claude-haiku-4-5");
    await press("Escape");
    await tabTo("[data-path=modelApiKey]");
    await page.keyboard.type(MODEL_KEY);
    await tabTo("[data-path=telegramBotToken]");
    await page.keyboard.type(newBotToken());
    await press("Enter");
    await page.getByRole("heading", { name: "Waits for its turn" }).waitFor();

    await tabTo("button", /^Cancel$/);
    await press("Enter");
    await tabTo("[role=dialog] button", "Cancel and stop it");
    await press("Enter");
    await page.getByText("Stopping", { exact: true }).first().waitFor();
    await tabTo("nav a", "Delete");
    await press("Enter");
    await tabTo("main input");
    await page.keyboard.type("By keys");
    await tabTo("button", "Delete for good");
    await press("Enter");
    await page.getByText("Deleting", { exact: true }).first().waitFor();
  });
});

it("an upgrade of many stops by its rule when none can be begun, and says so", async () => {
  await insertUnpaid(berth, ids.active, NOT_BEGUN + 1);
  await visited({}, async (here) => {
    const { page } = here;
    await beSignedIn(here);
    await page.goto("/");
    await goTo(page, "/operator/fleet/upgrade");
    // The one whose payment has not ended is accepted, and would be waited for: nobody carries it out here.
    await berth.installation.sql
      .updateTable("deployments")
      .set({ payment: "revoked" })
      .where("id", "=", ids.active)
      .execute();
    await page.getByRole("button", { name: `Upgrade ${NOT_BEGUN + 2}` }).click();
    await page.getByText("It stopped: none could be begun. Run doctor first.").waitFor();
    await page.getByText("Left as it is").first().waitFor();
    expect(await page.getByText("Not begun").count()).toBe(NOT_BEGUN);
  });
});
