// The operator's `upgrade --all` through a running server, with customers of several accounts.
import { execFile, execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { callWith, newKey } from "../support/accounts.ts";
import {
  ACTIVATION,
  startTestBerth,
  type TestBerth,
  unpreparedSlot,
  waitForStatus,
} from "../support/berth.ts";
import { itAtLength } from "../support/matrix.ts";
import { ensureTinyImages, type TinyImages } from "../support/tiny-image.ts";

const BERTH = fileURLToPath(new URL("../../api/berth.ts", import.meta.url));
const IMAGE = "berth-test/fleet:moving";

let images: TinyImages;
let berth: TestBerth;
const ids: string[] = [];
beforeAll(async () => {
  images = await ensureTinyImages();
  execFileSync("docker", ["tag", images.healthy, IMAGE]);
  berth = await startTestBerth(13, { BERTH_ASSISTANT_IMAGE: IMAGE });
  for (let count = 0; count < 4; count++) ids.push(await unpreparedSlot(berth));
  await Promise.all(ids.map((id) => berth.call("POST", `${id}/activate`, ACTIVATION)));
  for (const id of ids) await waitForStatus(berth, id, "active");
});
afterAll(async () => {
  await berth.close();
  execFileSync("docker", ["rmi", "--force", IMAGE], { stdio: "ignore" });
});

async function upgrade(...args: string[]): Promise<{ code: number; out: string }> {
  const env = { ...berth.environment, PORT: new URL(berth.url).port };
  return new Promise((resolve) => {
    execFile(process.execPath, [BERTH, "upgrade", ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), out: stdout + stderr }),
    );
  });
}

it("is the operator's alone", async () => {
  const customer = callWith(berth, await newKey(berth, { account: "acme" }));
  for (const [method, path] of [
    ["GET", "/api/v1/fleet"],
    ["GET", `/api/v1/fleet/${ids[0]}`],
    ["POST", `/api/v1/fleet/${ids[0]}/upgrade`],
  ] as const) {
    const refused = await customer(method, path);
    expect(refused.body.error).toMatchObject({ code: "FORBIDDEN" });
  }
});

it("has nothing to do where all is up to date", async () => {
  expect(await upgrade("--all")).toEqual({ code: 0, out: "4 up to date\n0 upgraded, 0 failed.\n" });
});

itAtLength("stops after three failures, names what is left, and skips what was rolled back", async () => {
  execFileSync("docker", ["tag", images.broken, IMAGE]);
  const first = await upgrade("--all", "--at-once", "1");
  expect(first.code).toBe(1);
  expect(first.out.match(/UPGRADE_ROLLED_BACK: The image sha256:\S+ did not get well/g)).toHaveLength(3);
  expect(first.out).toContain("0 upgraded, 3 failed.\nStopped after 3 failures. Not begun with:\n");
  // The newest are tried first, as they are listed.
  expect(first.out).toContain(`Not begun with:\n  ${ids[0]}\n`);
  for (const id of ids) expect(await waitForStatus(berth, id, "active")).toMatchObject({ drift: null });
  const one = await upgrade(ids[3] ?? "");
  expect(one).toMatchObject({
    code: 1,
    out: expect.stringContaining("1 rolled back from this very image: skipped"),
  });
});

it("brings everybody to a good image, but for those with one of their own and the stopped ones", async () => {
  const [stopped = "", own = "", ...others] = ids;
  await berth.call("POST", `${stopped}/stop`, {});
  await waitForStatus(berth, stopped, "stopped");
  const refused = await berth.call("POST", `/api/v1/fleet/${stopped}/upgrade`, {});
  expect(refused.body.error).toMatchObject({ code: "INVALID_STATE", details: { allowedStates: ["active"] } });
  const behind = async () => {
    const { body } = await berth.call("GET", "/api/v1/fleet?behind=true");
    return (body.data as unknown as { deploymentId: string }[]).map(({ deploymentId }) => deploymentId);
  };
  execFileSync("docker", ["tag", images.healthy, IMAGE]);
  expect(await behind()).toEqual([]);
  execFileSync("docker", ["tag", images.newer, IMAGE]);
  expect((await behind()).toSorted()).toEqual(ids.toSorted());
  const custom = "berth-test/fleet:own";
  execFileSync("docker", ["tag", images.healthy, custom]);
  await berth.call("POST", `${own}/redeploy`, { image: custom });
  await waitForStatus(berth, own, "active");
  const all = await upgrade("--all", "--at-once", "2");
  expect(all.out).toContain("1 with an image of their own: left alone");
  expect(all.out).toContain("1 stopped: they follow at their next redeploy");
  expect(all).toMatchObject({ code: 0, out: expect.stringContaining("2 upgraded, 0 failed.") });
  for (const id of others) expect(all.out).toContain(id);
  const replaced = await upgrade(own, "--image", IMAGE);
  expect(replaced).toMatchObject({ code: 0, out: expect.stringContaining("1 upgraded, 0 failed.") });
  execFileSync("docker", ["rmi", custom], { stdio: "ignore" });
});
