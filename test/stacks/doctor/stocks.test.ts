// What a target holds is listed once for the pages of one look at all, and never for longer than that.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Stocks } from "../../../stacks/doctor/stocks.ts";
import type { Stock } from "../../../stacks/doctor/target-audit.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function counted(labelled: Stock["labelled"] = new Map([["id", ["container"]]])) {
  const stock = { labelled } as Stock;
  return vi.fn(async () => stock);
}

it("pages that follow one another share a list; who begins again gets another", async () => {
  const [stocks, take] = [new Stocks(), counted()];
  await stocks.takeNew(take);
  for (let page = 0; page < 10; page++) await stocks.forNextPage(take);
  expect(take).toHaveBeenCalledTimes(1);
  await stocks.takeNew(take);
  expect(take).toHaveBeenCalledTimes(2);
});

it("half a minute later it is forgotten, however many pages have come", async () => {
  const [stocks, take] = [new Stocks(), counted()];
  await stocks.takeNew(take);
  await vi.advanceTimersByTimeAsync(20_000);
  await stocks.forNextPage(take);
  expect(take).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(10_000);
  await stocks.forNextPage(take);
  expect(take).toHaveBeenCalledTimes(2);
});

it("one that failed, or of an engine that does not answer, is no later page's", async () => {
  const stocks = new Stocks();
  await expect(stocks.takeNew(async () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  const away = counted(new Map());
  await stocks.forNextPage(away);
  await stocks.forNextPage(away);
  expect(away).toHaveBeenCalledTimes(2);
});
