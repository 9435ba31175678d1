// Real processes on a cache of their own: what is killed, what is done at once by several, what is left behind.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { cached, exclusively } from "../../../infra/toolchain/cache.ts";

const CACHE_MODULE = new URL("../../../infra/toolchain/cache.ts", import.meta.url).href;

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "berth-cache-"));
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));

/** Another process that makes `thing`: writes one file of two, waits, writes the other. */
function maker(waitMs: number): ChildProcess {
  const program = `
    import { appendFileSync, writeFileSync } from "node:fs";
    import { cached } from ${JSON.stringify(CACHE_MODULE)};
    await cached(${JSON.stringify(cache)}, "thing", async (folder) => {
      appendFileSync(${JSON.stringify(join(cache, "journal"))}, "made\\n");
      writeFileSync(folder + "/one", "1");
      await new Promise((resolve) => setTimeout(resolve, ${waitMs}));
      writeFileSync(folder + "/two", "2");
    });`;
  return spawn(process.execPath, ["--input-type=module-typescript", "--eval", program], { stdio: "ignore" });
}

async function until(condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 60_000; !condition(); await sleep(20)) {
    if (Date.now() > deadline) throw new Error("It did not happen within 60 s.");
  }
}

it("never takes what a killed process left for done, and takes over at once", async () => {
  const killed = maker(60_000);
  await until(() =>
    readdirSync(cache).some(
      (name) => name.startsWith("thing.unfinished-") && existsSync(join(cache, name, "one")),
    ),
  );
  killed.kill("SIGKILL");
  await once(killed, "exit");
  expect(existsSync(join(cache, "thing"))).toBe(false);
  expect(existsSync(join(cache, "thing.lock"))).toBe(true);

  const path = await cached(cache, "thing", async (folder) => writeFileSync(join(folder, "whole"), ""));
  expect(readdirSync(path)).toEqual(["whole"]);
  expect(readdirSync(cache).sort()).toEqual(["journal", "thing"]);
});

it("makes a thing once for several processes that start together", async () => {
  const codes = await Promise.all([maker(500), maker(500), maker(500)].map((child) => once(child, "exit")));
  expect(codes.map(([code]) => code)).toEqual([0, 0, 0]);
  expect(readFileSync(join(cache, "journal"), "utf8")).toBe("made\n");
  expect(readdirSync(join(cache, "thing")).sort()).toEqual(["one", "two"]);
});

it("keeps nothing of what failed, and makes it at the next call", async () => {
  const failing = cached(cache, "thing", async () => {
    throw new Error("no space");
  });
  await expect(failing).rejects.toThrow("no space");
  expect(readdirSync(cache)).toEqual([]);
  await cached(cache, "thing", async () => {});
  expect(readdirSync(cache)).toEqual(["thing"]);
});

it.each([
  ["long ago", -60_000],
  ["in the future, by a clock that was wrong", 40 * 86_400_000],
])(
  "takes over a lock whose process id belongs to another process by now, touched %s",
  async (_, distance) => {
    const lock = join(cache, "work.lock");
    writeFileSync(lock, `${process.pid} ${hostname()} of-before-the-restart`);
    const then = new Date(Date.now() + distance);
    utimesSync(lock, then, then);
    expect(await exclusively(cache, "work", async () => "done")).toBe("done");
    expect(readdirSync(cache)).toEqual([]);
  },
);

it("takes no lock from who touches it, whatever the clock says", async () => {
  const lock = join(cache, "work.lock");
  writeFileSync(lock, `${process.pid} ${hostname()} of-another`);
  // As it looks where the clock has jumped an hour.
  let touched = Date.now() - 3_600_000;
  const touch = () => {
    touched += 1_000;
    utimesSync(lock, new Date(touched), new Date(touched));
  };
  touch();
  const touching = setInterval(touch, 1_000);
  const order: string[] = [];
  const mine = exclusively(cache, "work", async () => order.push("mine"));
  await sleep(4_500);
  order.push("theirs");
  clearInterval(touching);
  rmSync(lock);
  await mine;
  expect(order).toEqual(["theirs", "mine"]);
});

it("waits for a lock that is held", async () => {
  const order: string[] = [];
  const first = exclusively(cache, "work", async () => {
    await sleep(300);
    order.push("first");
  });
  await until(() => existsSync(join(cache, "work.lock")));
  await Promise.all([first, exclusively(cache, "work", async () => order.push("second"))]);
  expect(order).toEqual(["first", "second"]);
});
