// The whole life of an assistant by clicks: a real browser, real Docker, the tiny image. What a page shows comes without a
// reload.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildDashboard } from "../../api/web-build.ts";
import { MODEL_KEY, newBotToken, startTestBerth, type TestBerth } from "../support/berth.ts";
import { openBrowser, takePicture, type Visit, visit } from "../support/browser.ts";
import { docker, labelled, NOTHING, whileActive } from "../support/docker.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const OPERATION_MS = 300_000;
/** The page tries again after half a minute at most. */
const LOST_WITHIN_MS = 300_000;
const NAME = "Ada's helper";

let berth: TestBerth;
let browser: Browser;
let visitor: Visit;
let page: Page;
let id: string;
beforeAll(async () => {
  const { healthy } = await ensureTinyImages();
  const dashboard = await buildDashboard(process.env);
  berth = await startTestBerth(61, { BERTH_ASSISTANT_IMAGE: healthy }, undefined, { dashboard });
  browser = await openBrowser(berth.url);
  visitor = await visit(browser, berth.url, { width: 1200 });
  ({ page } = visitor);
});
afterAll(async () => {
  await browser?.close();
  await berth?.close();
});

const button = (name: string | RegExp) => page.getByRole("button", { name, exact: true });
const isInState = (word: string, on = page) =>
  on.getByText(word, { exact: true }).first().waitFor({ timeout: OPERATION_MS });

describe("one assistant's life in the dashboard", () => {
  it("begins with the printed link, a purchase and a simulated payment in place", async () => {
    await page.goto((await berth.makeSignInLink?.()) ?? "");
    await button("Buy").click();
    await page.waitForURL("**/assistants/*");
    id = new URL(page.url()).pathname.split("/")[2] ?? "";
    await button("Pay (simulated)").click();
    await page.getByRole("heading", { name: "Set up the assistant" }).waitFor();
  });

  it("shows what the API refuses beside its field, and keeps what was typed", async () => {
    await page.getByLabel("Name").fill(NAME);
    await page.locator("[data-path=modelId]").fill("claude-sonnet-4-5-20250929");
    await page.locator("[data-path=modelApiKey]").fill(MODEL_KEY);
    await page.locator("[data-path=telegramBotToken]").fill("no token");
    await button("Activate").click();
    const token = page.locator("[data-path=telegramBotToken]");
    await expect.poll(() => token.getAttribute("aria-describedby")).toMatch(/error/);
    expect(await page.getByLabel("Name").inputValue()).toBe(NAME);
    expect(await page.locator("[data-path=modelApiKey]").inputValue()).toBe(MODEL_KEY);
  });

  it("activates, says what is being done, and ends active with one container", async () => {
    await page.locator("[data-path=telegramBotToken]").fill(newBotToken());
    await button("Activate").click();
    await page.getByRole("region", { name: "Progress" }).waitFor();
    await isInState("Active");
    await page.getByRole("heading", { name: "Asked for and seen" }).waitFor();
    await expect.poll(() => labelled(id)).toEqual(whileActive(id));
    expect(await page.content()).not.toContain(MODEL_KEY);
    await takePicture(page, "life-active");
  });

  it("shows drift that is made by hand, and brings the assistant back", async () => {
    await docker.getContainer(`berth-${id}`).remove({ force: true });
    await button("Bring it back").click({ timeout: OPERATION_MS });
    await button("Bring it back").waitFor({ state: "detached", timeout: OPERATION_MS });
    await isInState("Active");
    await expect.poll(() => labelled(id)).toEqual(whileActive(id));
  });

  it("follows in one tab what is done in another", async () => {
    const list = await visitor.context.newPage();
    await list.goto("/");
    await list.getByRole("link", { name: NAME }).waitFor();
    await button("Stop").click();
    await button("Start").waitFor({ timeout: OPERATION_MS });
    await isInState("Stopped", list);
    await list.close();
  });

  it("says that it may be old while the stream can't be had, and comes back by itself", async () => {
    const stream = "**/api/v1/events?*";
    await page.route(stream, (route) => route.abort());
    await page.reload();
    const old = page.getByText("This page is not live");
    await old.waitFor({ timeout: LOST_WITHIN_MS });
    await page.unroute(stream);
    await old.waitFor({ state: "detached", timeout: LOST_WITHIN_MS });
  });

  it("deletes only by its name, and leaves nothing behind", async () => {
    await page.goto(`/assistants/${id}/delete`);
    expect(await button("Delete for good").getAttribute("aria-disabled")).toBe("true");
    await page.getByLabel(/^Type/).fill(NAME);
    await button("Delete for good").click();
    await page.getByText("This assistant is deleted").waitFor({ timeout: OPERATION_MS });
    expect(await labelled(id)).toEqual(NOTHING);
  });
});

describe("another site", () => {
  it("can't frame the page, and its calls with the browser's cookie are refused", async () => {
    const calls = (url: string) => `
      fetch("${url}/api/v1/assistants/purchase", {
        method: "POST", mode: "no-cors", credentials: "include",
        headers: { "Content-Type": "text/plain" }, body: '{"apiMode":"byok"}',
      }).catch(() => {})`;
    const before = await berth.call("GET", "/api/v1/assistants/totals");
    const foreign = await visitor.context.newPage();
    await foreign.route("http://other.example/", (route) =>
      route.fulfill({ contentType: "text/html", body: `<iframe src="${berth.url}/"></iframe>` }),
    );
    await foreign.goto("http://other.example/");
    await foreign.evaluate(calls(berth.url));
    const framed = foreign.frames()[1];
    expect(await framed?.getByRole("heading").count()).toBe(0);
    expect((await berth.call("GET", "/api/v1/assistants/totals")).body).toEqual(before.body);
    await foreign.close();
  });
});
