// What people do with a page that nobody has planned: click twice, go back in the middle, have two tabs, lose their network.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newKey } from "../../support/accounts.ts";
import { ACTIVATION, MODEL_KEY, newBotToken, type TestBerth } from "../../support/berth.ts";
import { beSignedIn, type Visit, visit } from "../../support/browser.ts";
import { startDashboard } from "../../support/dashboard.ts";

let berth: TestBerth;
let browser: Browser;
beforeAll(async () => {
  ({ berth, browser } = await startDashboard(96));
});
afterAll(async () => {
  await browser?.close();
  await berth?.close();
});

/** By somebody of an account that has nothing yet. */
async function newcomer(account: string, use: (visit: Visit, keyId: string) => Promise<void>) {
  const { apiKey, keyId } = await newKey(berth, { account, name: "page" });
  const opened = await visit(browser, berth.url);
  try {
    await beSignedIn(opened, apiKey);
    await opened.page.goto("/");
    await opened.page.getByRole("button", { name: "Buy" }).waitFor();
    await use(opened, keyId);
    expect(opened.complaints).toEqual([]);
  } finally {
    await opened.context.close();
  }
}

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const listed = async ({ context }: Visit, path: string) => {
  const answer = await context.request.get(`/api/v1/${path}`);
  return ((await answer.json()) as { data: unknown[] }).data;
};
const field = (page: Page, name: string) => page.locator(`[data-path=${name}]`);

async function buyAndPay(page: Page): Promise<string> {
  await button(page, "Buy").click();
  await button(page, "Pay (simulated)").click();
  await page.getByRole("heading", { name: "Set up the assistant" }).waitFor();
  return new URL(page.url()).pathname.split("/").at(-1) ?? "";
}

describe("a double click", () => {
  it("buys one slot, also while the browser calls itself offline: Berth may be on the same machine", async () => {
    await newcomer("hasty", async (here) => {
      const { page } = here;
      await page.evaluate("window.dispatchEvent(new Event('offline'))");
      await button(page, "Buy").dblclick();
      await page.getByRole("heading", { name: "Pay for this slot" }).waitFor();
      expect(await listed(here, "assistants")).toHaveLength(1);
    });
  });
  it("makes one key, whose text is shown", async () => {
    await newcomer("hasty-maker", async (here) => {
      const { page } = here;
      await page.goto("/account/keys");
      await button(page, "Make a key").click();
      await page.getByLabel("Name").fill("made twice");
      await button(page, "Make the key").dblclick();
      await page
        .getByText(/brt_[\w-]{20}/)
        .first()
        .waitFor();
      // And the one by which the page is signed in.
      expect(await listed(here, "keys")).toHaveLength(2);
    });
  });
});

describe("who goes back in the middle", () => {
  it("finds the slot in the list, and what was typed as it was, without secrets after a reload", async () => {
    await newcomer("back", async ({ page }) => {
      await buyAndPay(page);
      await field(page, "name").fill("Half done");
      await field(page, "modelApiKey").fill(MODEL_KEY);
      await page.goBack();
      await page.getByRole("link", { name: /^Slot/ }).click();
      await expect.poll(() => field(page, "name").inputValue()).toBe("Half done");
      expect(await field(page, "modelApiKey").inputValue()).toBe(MODEL_KEY);
      const kept = "JSON.stringify([{ ...localStorage }, { ...sessionStorage }])";
      expect(await page.evaluate(kept)).not.toContain(MODEL_KEY);
      await page.reload();
      await expect.poll(() => field(page, "name").inputValue()).toBe("Half done");
      expect(await field(page, "modelApiKey").inputValue()).toBe("");
    });
  });
  it("of buying pays the same slot", async () => {
    await newcomer("back-again", async (here) => {
      const { page } = here;
      await button(page, "Buy").click();
      await button(page, "Pay (simulated)").waitFor();
      await page.goBack();
      await page.getByRole("table").waitFor();
      await page.goForward();
      await button(page, "Pay (simulated)").click();
      await page.getByRole("heading", { name: "Set up the assistant" }).waitFor();
      expect(await listed(here, "assistants")).toHaveLength(1);
    });
  });
});

it("a form is no more once another tab has sent it", async () => {
  await newcomer("two-tabs", async ({ page, context }) => {
    const id = await buyAndPay(page);
    await field(page, "name").fill("Of this tab");
    const data = { ...ACTIVATION, name: "Of the other", telegramBotToken: newBotToken() };
    const headers = { "Sec-Fetch-Site": "same-origin" };
    const sent = await context.request.post(`/api/v1/assistants/${id}/activate`, { data, headers });
    expect(sent.status()).toBe(202);
    await page.getByRole("heading", { name: "Of the other" }).waitFor();
    expect(await field(page, "name").count()).toBe(0);
  });
});

it("after sign-out nothing is left of what was typed", async () => {
  await newcomer("leaver", async ({ page }) => {
    await buyAndPay(page);
    await field(page, "name").fill("Half done");
    await expect.poll(() => page.evaluate("sessionStorage.length")).toBeGreaterThan(0);
    await button(page, "Sign out").click();
    await page.getByPlaceholder("brt_").waitFor();
    expect(await page.evaluate("JSON.stringify({ ...sessionStorage })")).not.toContain("Half done");
    await page.goBack();
    await page.waitForURL("**/sign-in?*");
  });
});

it("a key that is revoked during a click leads to signing in, and nothing is bought", async () => {
  await newcomer("revoked", async ({ page }, keyId) => {
    await page.route("**/assistants/purchase", async (route) => {
      expect((await berth.call("DELETE", `/api/v1/keys/${keyId}`)).status).toBe(200);
      await route.continue();
    });
    await button(page, "Buy").click();
    await page.waitForURL("**/sign-in?*");
    const { sql } = berth.installation;
    const bought = sql.selectFrom("deployments").innerJoin("accounts", "accounts.id", "account_id");
    expect(await bought.select("deployments.id").where("accounts.name", "=", "revoked").execute()).toEqual(
      [],
    );
  });
});
