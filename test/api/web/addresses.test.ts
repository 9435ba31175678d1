// What stands in an address, which anybody may have written; and what a key that only reads finds at each.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Status } from "../../../stacks/lifecycle.ts";
import { newKey } from "../../support/accounts.ts";
import { API_KEY, type TestBerth } from "../../support/berth.ts";
import { beSignedIn, goTo, type Visit, visit } from "../../support/browser.ts";
import { startDashboard } from "../../support/dashboard.ts";
import { insertOneOfEach, TABS } from "../../support/dashboard-rows.ts";

const ACCOUNT = ["/account/keys", "/account/audit", "/account/sessions"];
/** What changes nothing. Deleting is a page of its own, whose button does not work. */
const HARMLESS =
  /^(Copy|Delete|Look again|Read again|Show more|To the end|To its limits|Change its settings|To its backups)$/;
/** Each has a summary of an operation, and shows its details. */
const OPENS_DETAILS = "[aria-expanded]";

let ids: Record<Status, string>;
let berth: TestBerth;
let browser: Browser;
let stranger: string;
let reader: string;
beforeAll(async () => {
  ({ berth, browser } = await startDashboard(97));
  ids = await insertOneOfEach(berth);
  stranger = (await newKey(berth, { account: "stranger", name: "page" })).apiKey;
  reader = (await newKey(berth, { account: "default", name: "reader", scopes: ["read"] })).apiKey;
});
afterAll(async () => {
  await browser?.close();
  await berth?.close();
});

async function visited(apiKey: string, use: (visit: Visit) => Promise<void>) {
  const opened = await visit(browser, berth.url);
  try {
    await beSignedIn(opened, apiKey);
    await opened.page.goto("/");
    await use(opened);
    expect(opened.complaints).toEqual([]);
  } finally {
    await opened.context.close();
  }
}

describe("an address", () => {
  it("of nothing, of somebody else's assistant and of the operator's pages says so to a customer", async () => {
    await visited(stranger, async ({ page }) => {
      for (const path of ["/assistants/no-id", `/assistants/${ids.active}`]) {
        await goTo(page, path);
        expect(await page.getByRole("alert").first().textContent(), path).toMatch(/no|not/i);
        expect(await page.getByRole("main").textContent(), path).not.toContain("Assistant that is active");
      }
      const none = [
        "/nonsense",
        "/account/nowhere",
        "/operator",
        "/operator/fleet",
        `/operator/fleet/${ids.active}`,
      ];
      for (const path of none) {
        await page.goto(path);
        await page.getByRole("heading", { name: "There is no such page" }).waitFor();
        expect(await page.title(), path).toBe("No such page · Berth");
        await page.getByRole("link", { name: "To your assistants" }).waitFor();
      }
    });
  });

  it("that was shortened leads to the first page below it", async () => {
    await visited(API_KEY, async ({ page }) => {
      for (const [path, wanted] of [
        ["/assistants", "/"],
        ["/account", "/account/keys"],
        ["/operator", "/operator/fleet"],
      ] as const) {
        await page.goto(path);
        await page.waitForURL((url) => url.pathname === wanted);
      }
    });
  });

  it.each(["//evil.example", "/\\evil.example", "/\t/evil.example", "https://evil.example", "nowhere"])(
    "to go on with after signing in is one of Berth's own: not %j",
    async (to) => {
      const { page, context, complaints } = await visit(browser, berth.url);
      await page.goto(`/sign-in?to=${encodeURIComponent(to)}`);
      await page.getByPlaceholder("brt_").fill(reader);
      await page.keyboard.press("Enter");
      await page.waitForURL((url) => url.pathname === "/");
      expect(complaints).toEqual([]);
      await context.close();
    },
  );

  it("with a search that is none shows everything", async () => {
    await visited(reader, async ({ page }) => {
      const nonsense = [
        "status=%5B%22gone%22%2C7%5D",
        "search=%7B%22a%22%3A1%7D",
        "status=deleted",
        "x=%00",
        "%",
      ];
      const shown = Object.keys(ids).length - 1;
      for (const search of nonsense) {
        await page.goto(`/?${search}`);
        const rows = page.getByRole("table").getByRole("link");
        await expect.poll(() => rows.count(), { message: search }).toBe(shown);
      }
      await page.goto("/account/audit?kind=writes&from=2026-13-40&to=soon&deployment=1");
      await page.getByRole("table").waitFor();
      expect(await page.getByLabel("From").inputValue()).toBe("");
    });
  });

  it("is followed by the fields that it has, also where a link changes it", async () => {
    await visited(API_KEY, async ({ page }) => {
      const search = page.getByLabel("Search");
      await search.fill("that is stopped");
      await page.waitForURL(/search=that/);
      await page.getByRole("link", { name: "Assistants", exact: true }).click();
      await expect.poll(() => search.inputValue()).toBe("");
      await goTo(page, "/operator/fleet?account=stranger");
      await page.getByText("No deployment is like that.").waitFor();
      expect(await page.getByLabel("Account").inputValue()).toBe("stranger");
      await page.getByLabel("Account").fill("default");
      await page.getByRole("button", { name: "Show" }).click();
      await page.getByRole("link", { name: "Assistant that is active" }).waitFor();
      expect(new URL(page.url()).searchParams.get("account")).toBe("default");
    });
  });

  it("keeps the filters of the audit trail, which its file has, too", async () => {
    await visited(reader, async ({ page }) => {
      await goTo(page, "/account/audit");
      await page.getByRole("combobox", { name: "Calls" }).click();
      await page.getByRole("option", { name: "Changes" }).click();
      await page.getByLabel("Deployment").fill("half an id");
      await page.getByText("This is no id of a deployment.").waitFor();
      await page.getByLabel("Deployment").fill("");
      await page.getByLabel("From").fill("2026-01-02");
      await page.waitForURL(/kind=change.*from=/);
      await page.reload();
      const methods = page.getByRole("table").locator("code").filter({ hasText: /^GET / });
      await page.getByText("POST /api/v1/assistants/purchase").first().waitFor();
      expect(await methods.count()).toBe(0);
      const link = page.getByRole("link", { name: "Download as CSV" });
      const [file] = await Promise.all([page.waitForEvent("download"), link.click()]);
      expect(file.suggestedFilename()).toMatch(/^audit-trail-.*\.csv$/);
      expect(file.url()).toMatch(/kind=change&from=2026-01-0[123]T/);
    });
  });
});

it("a key that only reads finds no button that would change something, and each says why", async () => {
  await visited(reader, async ({ page }) => {
    const assistants = (["active", "stopped", "failed", "purchased", "deploying"] as const).map(
      (status) => `/assistants/${ids[status]}`,
    );
    const without = (["pending_payment", "suspended"] as const).map((status) => `/assistants/${ids[status]}`);
    const pages = [
      ...assistants.flatMap((path) => TABS.map((tab) => path + tab)),
      ...without,
      ...ACCOUNT,
      "/buy",
    ];
    for (const path of pages) {
      await goTo(page, path);
      const buttons = page.getByRole("main").locator(`button:not(${OPENS_DETAILS})`);
      const working = buttons.and(page.locator(":not([aria-disabled=true]):visible"));
      const harmful = async () =>
        (await working.allInnerTexts()).filter((name) => name.trim() !== "" && !HARMLESS.test(name.trim()));
      await expect.poll(harmful, { message: path }).toEqual([]);
      const whys = await buttons.and(page.locator("[aria-disabled=true]")).evaluateAll((all) =>
        all.map((one) => {
          const id = one.getAttribute("aria-describedby") ?? "";
          return `${one.textContent}: ${one.ownerDocument.getElementById(id)?.textContent ?? ""}`;
        }),
      );
      expect(
        whys.filter((why) => !/: .*\w{3}/.test(why)),
        path,
      ).toEqual([]);
    }
  });
});
