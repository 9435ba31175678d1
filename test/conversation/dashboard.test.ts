// The whole life of an assistant by clicks, with real OpenClaw: from the printed link to nothing left. Whoever writes to the
// bot is let in on the page, and is answered in the chat.
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildDashboard } from "../../api/web-build.ts";
import { MODEL_KEY, newBotToken, startTestBerth, type TestBerth } from "../support/berth.ts";
import { openBrowser, takePicture, type Visit, visit } from "../support/browser.ts";
import { ANSWER_MS, Chat, FIRST_ANSWER_MS, KNOWN_MODEL, USER } from "../support/conversation/chat.ts";
import { ACTIVE_MS, canOpenWorld, openWorld, type World } from "../support/conversation/conversation.ts";
import { labelled, NOTHING } from "../support/docker.ts";

const SLICE = 81;
const TEST_MS = 900_000;
const NAME = "By clicks";
const SONNET = "claude-sonnet-4-5-20250929";

const canOpen = await canOpenWorld();

describe.skipIf(!canOpen)("by clicks (skipped without root and a nameserver):", { timeout: TEST_MS }, () => {
  const token = newBotToken();
  let world: World;
  let berth: TestBerth;
  let browser: Browser;
  let visitor: Visit;
  let page: Page;
  let chat: Chat;

  beforeAll(async () => {
    world = await openWorld(SLICE);
    const dashboard = await buildDashboard(process.env);
    berth = await startTestBerth(SLICE, world.environment, undefined, { dashboard });
    browser = await openBrowser(berth.url);
    visitor = await visit(browser, berth.url, { width: 1200 });
    ({ page } = visitor);
  }, ACTIVE_MS);
  afterAll(async () => {
    await browser?.close();
    await berth?.close();
    world?.close();
  });

  const button = (name: string): Locator => page.getByRole("button", { name, exact: true });
  const tab = (name: string): Promise<void> =>
    page.getByRole("navigation", { name: "Of this assistant" }).getByRole("link", { name }).click();
  const shown = (text: string | RegExp, timeout = ANSWER_MS): Promise<void> =>
    page.getByText(text).first().waitFor({ timeout });

  /** For a person to look at: what somebody sees at each step. */
  const picture = (step: string): Promise<void> => takePicture(page, `conversation-${step}`);

  it("the printed link, a purchase and a payment lead to the form", async () => {
    await page.goto((await berth.makeSignInLink?.()) ?? "");
    await button("Buy").waitFor();
    await picture("1-first");
    await button("Buy").click();
    await page.waitForURL("**/assistants/*");
    const id = new URL(page.url()).pathname.split("/")[2] ?? "";
    chat = new Chat({ world, berth, id, token });
    await button("Pay (simulated)").waitFor();
    await picture("2-pay");
    await button("Pay (simulated)").click();
    await page.getByRole("heading", { name: "Set up the assistant" }).waitFor();
    await picture("3-set-up");
  });

  it("the form brings it up, step by step, until it waits for its first message", async () => {
    await page.getByLabel("Name").fill(NAME);
    await page.locator("[data-path=modelId]").fill(KNOWN_MODEL);
    await page.locator("[data-path=modelApiKey]").fill(MODEL_KEY);
    await page.locator("[data-path=telegramBotToken]").fill(token);
    await picture("4-filled-in");
    await button("Activate").click();
    const progress = page.getByRole("region", { name: "Progress" });
    await progress.getByText("its container").waitFor({ timeout: ACTIVE_MS });
    await progress.getByText("Wait until it says that it is ready").waitFor({ timeout: ACTIVE_MS });
    await picture("5-brought-up");
    await progress.waitFor({ state: "detached", timeout: ACTIVE_MS });
    await shown("and waits for its first message", ACTIVE_MS);
    await picture("6-waits-for-a-message");
  });

  it("who writes to it appears on the same page, is let in by one button, and is answered", async () => {
    await chat.say("Let me in");
    await chat.heard("does not answer you yet", { timeoutMs: FIRST_ANSWER_MS });
    await button("Let in").waitFor({ timeout: ANSWER_MS });
    await picture("7-somebody-writes");
    await button("Let in").click();
    await chat.heard("access approved");
    await button("Let in").waitFor({ state: "detached" });
    await chat.say("Hello");
    expect((await chat.heard("You said «Hello»", { timeoutMs: FIRST_ANSWER_MS })).text).toContain(
      `I am the fake ${KNOWN_MODEL}.`,
    );
    await shown("and answers on Telegram");
    await picture("8-answered");
  });

  it("its log is read, its data is backed up, and a change of its settings is in force at once", async () => {
    await tab("Logs");
    await page
      .getByRole("log")
      .getByText(/telegram/i)
      .first()
      .waitFor({ timeout: ANSWER_MS });
    await picture("9-log");
    await tab("Backups");
    await page.getByRole("group", { name: "What can be done" }).getByText("Back up").click();
    await page.getByRole("link", { name: /Download/ }).waitFor({ timeout: ACTIVE_MS });
    await picture("10-backup");
    await tab("Settings");
    await page.locator("[data-path=modelId]").fill(SONNET);
    await button("Save").click();
    await expect
      .poll(async () => (await chat.status()).operation, { timeout: ACTIVE_MS })
      .toMatchObject({ kind: "patch", state: "succeeded" });
    await picture("11-changed");
    await chat.say("Who are you now?");
    expect((await chat.heard("You said «Who are you now?»")).text).toContain(`I am the fake ${SONNET}.`);
    expect(world.telegram.seen(token, USER).length).toBeGreaterThanOrEqual(4);
  });

  it("it is deleted by its name, and the browser has complained of nothing", async () => {
    await tab("Delete");
    await page.getByLabel(/^Type/).fill(NAME);
    await picture("12-delete");
    await button("Delete for good").click();
    await shown("This assistant is deleted");
    await picture("13-deleted");
    expect(await labelled(chat.id)).toEqual(NOTHING);
    expect(visitor.complaints).toEqual([]);
  });
});
