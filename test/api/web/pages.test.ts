// Every page, state and tab in a real browser: in both themes, and from a small phone to a wide screen. Pictures of all of them
// are left in a folder, which the first test names, for a person to look at.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { STATUSES, type Status } from "../../../stacks/lifecycle.ts";
import { newKey } from "../../support/accounts.ts";
import type { TestBerth } from "../../support/berth.ts";
import {
  accessibilityFindings,
  beSignedIn,
  goTo,
  PICTURES,
  takePicture,
  type Visit,
  visit,
} from "../../support/browser.ts";
import { startDashboard } from "../../support/dashboard.ts";
import { insertOneOfEach, TABS } from "../../support/dashboard-rows.ts";

const ACCOUNT = ["/buy", "/account/keys", "/account/audit", "/account/sessions"];
const OPERATOR = ["fleet", "fleet/upgrade", "operations", "doctor", "payments", "accounts", "installation"];

const HEIGHT = 900;
const WIDE = 1440;
const PHONE = 390;
const NARROWEST = 320;
const WIDEST = 3840;
const TEST_MS = 600_000;
/** By how many pixels the page is wider than its window. */
const SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
/** How long something that turns takes for one turn, where the visitor has asked for less motion. */
const ONE_TURN = `(() => {
  const { style } = document.body.appendChild(document.createElement("div"));
  style.animation = "turns 5s infinite";
  return getComputedStyle(document.body.lastChild).animationDuration;
})()`;
/** What has the focus without a frame; empty if there is one: of a field it is around its icons, too, of a choice beside it. */
const UNFRAMED = `(() => {
  const focused = document.activeElement;
  const framed = [focused, focused.closest(".mantine-Input-input"), focused.nextElementSibling];
  const isFramed = framed.some((element) => {
    if (!element) return false;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    // The browser's own frame is as wide as it likes.
    return outlineStyle === "auto" || (outlineStyle === "solid" && Number.parseFloat(outlineWidth) >= 2);
  });
  return focused === document.body || isFramed ? "" : focused.outerHTML.slice(0, 200);
})()`;
/** What a page shows that has not thought of something. */
const SLIPS = /\bundefined\b|\bNaN\b|\[object |could not be shown|no such page/;

let ids: Record<Status, string>;
let berth: TestBerth;
let browser: Browser;
beforeAll(async () => {
  ({ berth, browser } = await startDashboard(98));
  ids = await insertOneOfEach(berth);
  await insertLongNames();
});
afterAll(async () => {
  await browser?.close();
  await berth?.close();
});

/** As long as the API takes them, with no place to break at. */
async function insertLongNames(): Promise<void> {
  const name = "Long".repeat(25);
  await berth.installation.sql
    .updateTable("deployments")
    .set({ name })
    .where("id", "=", ids.active)
    .execute();
  await newKey(berth, { account: "long".repeat(16), name });
}

async function visited(look: Parameters<typeof visit>[2], use: (visit: Visit) => Promise<void>) {
  const opened = await visit(browser, berth.url, look);
  try {
    await use(opened);
    expect(opened.complaints).toEqual([]);
  } finally {
    await opened.context.close();
  }
}

/** Name and path of each. Nobody runs behind the rows: what asks Docker or the assistant is refused, and the page says so. */
function pages(): [string, string][] {
  return [
    ["list", "/"],
    ...TABS.map((tab) => [`active${tab}`, `/assistants/${ids.active}${tab}`]),
    ...STATUSES.map((status) => [`state/${status}`, `/assistants/${ids[status]}`]),
    ...ACCOUNT.map((path) => [path.slice(1), path]),
    ...OPERATOR.map((name) => [`operator/${name}`, `/operator/${name}`]),
    ["operator/member", `/operator/fleet/${ids.active}`],
  ] as [string, string][];
}

async function look(page: Page, name: string, scheme: string): Promise<void> {
  const at = async (width: number) => {
    await page.setViewportSize({ width, height: HEIGHT });
    const message = `${name} at ${width} px scrolls sideways`;
    await expect.poll(() => page.evaluate(SIDEWAYS), { message }).toBe(0);
  };
  const isFirst = scheme === "light";
  // What has no colour is the same in both themes, and colours are the same in every width.
  for (const width of isFirst ? [PHONE, WIDE] : [WIDE]) {
    await at(width);
    const part = width === PHONE ? "all but colours" : isFirst ? "all" : "colours";
    expect(await accessibilityFindings(page, part), `${name} at ${width} px`).toEqual([]);
    await takePicture(page, `${name.replaceAll("/", "-")}-${scheme}-${width}`);
  }
  if (!isFirst) return;
  await at(NARROWEST);
  await at(WIDEST);
  await page.setViewportSize({ width: WIDE, height: HEIGHT });
}

describe.each(["light", "dark"] as const)("in the %s theme", (scheme) => {
  it(
    `no page has a finding of axe or scrolls sideways, from 320 px to 4K; pictures are in ${PICTURES}`,
    async () => {
      await visited({ scheme }, async (here) => {
        const { page } = here;
        await page.goto("/sign-in");
        await page.getByPlaceholder("brt_").waitFor();
        await look(page, "sign-in", scheme);
        await beSignedIn(here);
        await page.goto("/");
        for (const [name, path] of pages()) {
          await goTo(page, path);
          await look(page, name, scheme);
        }
      });
    },
    TEST_MS,
  );
});

it("each tab says something in each state", {
  timeout: TEST_MS,
}, async () => {
  await visited({}, async (here) => {
    const { page } = here;
    await beSignedIn(here);
    await page.goto("/");
    for (const status of STATUSES)
      for (const tab of TABS) {
        await goTo(page, `/assistants/${ids[status]}${tab}`);
        const text = async () => (await page.getByRole("main").textContent()) ?? "";
        const message = `${status} ${tab}`;
        await expect.poll(async () => (await text()).length, { message }).toBeGreaterThan(60);
        await page.locator("nav a[data-active]", { hasText: "Assistants" }).waitFor();
        expect(await text(), message).not.toMatch(SLIPS);
      }
  });
});

it.each(["light", "dark"] as const)("what has the focus is seen in the %s theme", async (scheme) => {
  await visited({ scheme }, async (here) => {
    const { page } = here;
    await beSignedIn(here);
    await page.goto(`/assistants/${ids.active}/settings`);
    await page.locator("[data-path=name]").waitFor();
    for (let tabs = 0; tabs < 40; tabs++) {
      await page.keyboard.press("Tab");
      expect(await page.evaluate(UNFRAMED), `tab ${tabs}`).toBe("");
    }
  });
});

it("nothing turns for who has asked for less motion", async () => {
  await visited({}, async ({ page }) => {
    await page.goto("/sign-in");
    await page.getByPlaceholder("brt_").waitFor();
    expect(Number.parseFloat(await page.evaluate<string>(ONE_TURN))).toBeLessThan(0.001);
  });
});
