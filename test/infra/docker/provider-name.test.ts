// A provider's name that leads to the model gateway: it is in the container, no change of it is no diff, and another name is
// another container.
import { afterAll, beforeAll, expect, it } from "vitest";
import { bridgeAddress } from "../../../infra/docker/bridge.ts";
import { type Hardened, hardenedStack, SUBNET } from "../../support/hardened-container.ts";

const IP = bridgeAddress(`${SUBNET}.0/28`);

let hardened: Hardened;
beforeAll(async () => {
  hardened = await hardenedStack();
});
afterAll(() => hardened.close());

it("a name is added to a container that had none, kept as it is, exchanged and taken away", async () => {
  const led = (...names: string[]) => hardened.changed({ hosts: names.map((host) => ({ host, ip: IP })) });
  const replaced = { resource: "Container", op: "replace", diffs: ["hosts"], replaceKeys: ["hosts"] };
  const hostsOf = async () => (await hardened.byHand.inspect()).HostConfig.ExtraHosts ?? [];
  expect((await hardened.up(hardened.base())).error).toBeUndefined();
  expect(await hardened.preview(led())).toEqual({ steps: [] });
  for (const name of ["api.anthropic.com", "generativelanguage.googleapis.com"]) {
    expect(await hardened.up(led(name))).toEqual({ steps: [replaced] });
    expect(await hostsOf()).toEqual([`${name}:${IP}`]);
    expect(await hardened.preview(led(name))).toEqual({ steps: [] });
    const { steps } = await hardened.up(led(name), { refresh: true });
    expect(steps.filter(({ op }) => op !== "refresh")).toEqual([]);
  }
  expect(await hardened.up(hardened.base())).toEqual({ steps: [replaced] });
  expect(await hostsOf()).toEqual([]);
});
