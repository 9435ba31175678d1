// A Berth that serves its dashboard, and a browser that reaches it. No assistant is brought up: records are.
import type { Browser } from "playwright-core";
import { buildDashboard } from "../../api/web-build.ts";
import { startTestBerth, type TestBerth } from "./berth.ts";
import { openBrowser } from "./browser.ts";

/** Calls are not limited: one browser makes those of many people. */
const ENVIRONMENT = { BERTH_ROLE: "api", BERTH_RATE_READS: "0", BERTH_RATE_WRITES: "0" };

/** The caller closes both. */
export async function startDashboard(
  slice: number,
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly berth: TestBerth; readonly browser: Browser }> {
  const dashboard = await buildDashboard(process.env);
  const berth = await startTestBerth(slice, { ...ENVIRONMENT, ...environment }, undefined, { dashboard });
  const browser = await openBrowser(berth.url).catch(async (error: unknown) => {
    await berth.close();
    throw error;
  });
  return { berth, browser };
}
