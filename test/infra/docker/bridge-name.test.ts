// A network that was made before bridges had names gets its name on the next up: a new network, under the same name and
// subnet, and the container with it.
import { existsSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bridgeName } from "../../../infra/docker/bridge.ts";
import { docker } from "../../support/docker.ts";
import { type Hardened, hardenedStack, NAME, SUBNET } from "../../support/hardened-container.ts";

let hardened: Hardened;
beforeAll(async () => {
  hardened = await hardenedStack();
});
afterAll(() => hardened.close());

it("a bridge's name replaces the network, and the container along with it", async () => {
  const before = hardened.base();
  expect((await hardened.up(before)).error).toBeUndefined();
  const old = (await hardened.byHand.inspect()).Id;
  const bridge = bridgeName(`${SUBNET}.0/28`);
  const options = { ...(before.network.options as object), "com.docker.network.bridge.name": bridge };
  const after = { ...before, network: { ...before.network, options } };
  expect(await hardened.up(after)).toEqual({
    steps: [
      { resource: "Container", op: "replace" },
      { resource: "Network", op: "replace", diffs: ["options"], replaceKeys: ["options"] },
    ],
  });
  const { Id, State, NetworkSettings } = await hardened.byHand.inspect();
  expect(Id).not.toBe(old);
  expect(State.Running).toBe(true);
  expect(Object.keys(NetworkSettings.Networks)).toEqual([NAME]);
  expect(await docker.getNetwork(NAME).inspect()).toMatchObject({
    Options: options,
    IPAM: { Config: [{ Subnet: `${SUBNET}.0/28` }] },
  });
  expect(existsSync(`/sys/class/net/${bridge}`)).toBe(true);
  expect(await hardened.up(after)).toEqual({ steps: [] });
});
