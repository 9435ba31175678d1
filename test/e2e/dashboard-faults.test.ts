// What goes wrong, is ended or is brought to another image, by clicks: a real browser, real Docker, tiny images.
import { readFile } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildDashboard } from "../../api/web-build.ts";
import { ACTIVATION, paidSlot, startTestBerth, type TestBerth, waitForStatus } from "../support/berth.ts";
import { openBrowser, takePicture, type Visit, visit } from "../support/browser.ts";
import { inside, labelled } from "../support/docker.ts";
import { ensureTinyImages, type TinyImages } from "../support/tiny-image.ts";

const OPERATION_MS = 300_000;
const GZIP = "1f8b";

let images: TinyImages;
let berth: TestBerth;
let browser: Browser;
let visitor: Visit;
let page: Page;
/** By clicks, and beside it by calls. */
let [id, other] = ["", ""];
beforeAll(async () => {
  images = await ensureTinyImages();
  const dashboard = await buildDashboard(process.env);
  // Nothing gets ready by itself: an activation goes on until it is cancelled, or has failed.
  const repositories = [images.unhealthy, images.healthy, images.newer].map((one) => one.split(":")[0]);
  const environment = {
    BERTH_ASSISTANT_IMAGE: images.unhealthy,
    BERTH_ALLOWED_IMAGES: [...new Set(repositories)].join(","),
    BERTH_STARTUP_TIMEOUT: "300",
  };
  berth = await startTestBerth(79, environment, undefined, { dashboard });
  browser = await openBrowser(berth.url);
  visitor = await visit(browser, berth.url, { width: 1200 });
  ({ page } = visitor);
  await page.goto((await berth.makeSignInLink?.()) ?? "");
  await page.getByRole("heading", { level: 1 }).waitFor();
  id = await paidSlot(berth);
  other = await paidSlot(berth);
});
afterAll(async () => {
  await browser?.close();
  await berth?.close();
});

const button = (name: string) => page.getByRole("button", { name, exact: true });
const state = (word: string) =>
  page.getByText(word, { exact: true }).first().waitFor({ timeout: OPERATION_MS });

async function downloaded(click: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent("download"), click()]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

it("an activation is cancelled by a button: it is stopped then, and nothing of it runs", async () => {
  await berth.call("POST", `${id}/activate`, { ...ACTIVATION, name: "By clicks" });
  await page.goto(`/assistants/${id}`);
  await page.getByText("Wait until it says that it is ready").waitFor({ timeout: OPERATION_MS });
  await button("Cancel").click();
  await takePicture(page, "cancel-dialog");
  await button("Cancel and stop it").click();
  await button("Start").waitFor({ timeout: OPERATION_MS });
  await state("Stopped");
  expect(await labelled(id)).toEqual({ containers: [], networks: [`berth-${id}`], volumes: [`berth-${id}`] });
  await page.goto(`/assistants/${id}/operations`);
  await page.getByText("Cancelled", { exact: true }).waitFor();
});

it("what fails says why, with the button that helps, and another image brings it up", async () => {
  const settings = berth.installation.settings as { startupTimeoutSeconds: number };
  settings.startupTimeoutSeconds = 12;
  await page.goto(`/assistants/${id}`);
  await button("Start").click();
  await button("Try again").waitFor({ timeout: OPERATION_MS });
  const headline = page.getByRole("status").filter({ has: button("Try again") });
  expect(await headline.textContent()).toContain("within 12 s");
  settings.startupTimeoutSeconds = 300;
  await state("Failed");
  await takePicture(page, "failed-activation");
  await page.goto(`/assistants/${id}/settings`);
  await page.getByLabel("Image of its own").fill(images.healthy);
  await button("Redeploy with this image").click();
  await state("Active");
});

it("its backup and its log are downloaded as files", async () => {
  await page.goto(`/assistants/${id}/backups`);
  await button("Back up").click();
  // Another one was made before the image changed.
  const links = page.locator("a[download]:not([aria-disabled])");
  await links.nth(1).waitFor({ timeout: OPERATION_MS });
  const link = links.first();
  const backup = await downloaded(() => link.click());
  expect(backup.name).toMatch(/\.tar\.gz$/);
  expect(backup.bytes.subarray(0, 2).toString("hex")).toBe(GZIP);
  await page.goto(`/assistants/${id}/logs`);
  inside(id, "sh", "-c", "echo written by hand > /proc/1/fd/1");
  await page.getByRole("log").getByText("written by hand").waitFor();
  const log = await downloaded(() => button("Download").click());
  expect(log.name).toMatch(/\.(log|txt)$/);
  expect(log.bytes.toString()).toMatch(/^\d{4}-\d\d-\d\dT.* written by hand\n/m);
});

it("all that are due are upgraded from the page, one after the other, with progress", async () => {
  const { body } = await berth.call("POST", `${other}/activate`, { ...ACTIVATION, name: "By calls" });
  const cancel = `${other}/operations/${body.data?.operationId}/cancel`;
  expect((await berth.call("POST", cancel)).status).toBe(202);
  await waitForStatus(berth, other, "stopped");
  expect((await berth.call("POST", `${other}/redeploy`, { image: images.healthy })).status).toBe(202);
  await waitForStatus(berth, other, "active");
  await page.goto("/operator/fleet/upgrade");
  await page.getByLabel("Image", { exact: true }).fill(images.newer);
  await button("Compare").click();
  await page.getByText("2 are due.").waitFor();
  await button("Upgrade 2").click();
  await page.getByText("Upgrading…").waitFor();
  await page.getByText("2 upgraded, 0 failed, 0 left. Done.").waitFor({ timeout: OPERATION_MS });
  await takePicture(page, "upgraded");
  for (const one of [id, other]) {
    const { body: now } = await berth.call("GET", one);
    expect(now.data).toMatchObject({ status: "active", image: { reference: images.newer } });
  }
  expect(visitor.complaints).toEqual([]);
});
