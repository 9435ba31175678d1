// What somebody does to an assistant past Berth: the next redeploy makes it right.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { docker } from "../support/docker.ts";
import { Server } from "../support/faults/server.ts";
import { assertSettled } from "../support/faults/settled.ts";
import { accepted, slotFor } from "../support/faults/strike.ts";

let server: Server;
beforeAll(async () => {
  server = await Server.start(69);
});
afterAll(async () => server.close());

const DEEDS: Readonly<Record<string, (name: string) => Promise<unknown>>> = {
  deleted: (name) => docker.getContainer(name).remove({ force: true }),
  stopped: (name) => docker.getContainer(name).stop({ t: 0 }),
  paused: (name) => docker.getContainer(name).pause(),
  renamed: (name) => docker.getContainer(name).rename({ name: `${name}-by-hand` }),
  "cut off from its network": (name) => docker.getNetwork(name).disconnect({ Container: name, Force: true }),
  "deleted with its network": async (name) => {
    await docker.getContainer(name).remove({ force: true });
    await docker.getNetwork(name).remove();
  },
  "replaced by another one": inPlace({}),
  "replaced by another one with its label": (name) =>
    inPlace({ "berth.deployment": name.replace("berth-", "") })(name),
};

/** A container that is no assistant, in the place of one, by somebody who knows of labels or not. */
function inPlace(Labels: Readonly<Record<string, string>>): (name: string) => Promise<void> {
  return async (name) => {
    const { Image } = await docker.getContainer(name).inspect();
    await docker.getContainer(name).remove({ force: true });
    const HostConfig = { NetworkMode: name, Binds: [`${name}:/data`] };
    const other = await docker.createContainer({ name, Image, Labels, HostConfig, StopSignal: "SIGKILL" });
    await other.start();
  };
}

describe.each(Object.entries(DEEDS))("a container that was %s by hand", (_deed, act) => {
  it("is repaired by redeploy", async () => {
    const id = await slotFor(server, "stop");
    await act(`berth-${id}`);
    await accepted(server, id, "redeploy");
    expect(await assertSettled(server, id, "active"), "the cause of a failure").toBeUndefined();
    const { State, NetworkSettings } = await docker.getContainer(`berth-${id}`).inspect();
    expect(State).toMatchObject({ Running: true, Paused: false });
    expect(Object.keys(NetworkSettings.Networks)).toEqual([`berth-${id}`]);
  });

  it("does not keep stop and delete from what they are for", async () => {
    const id = await slotFor(server, "stop");
    await act(`berth-${id}`);
    await accepted(server, id, "stop");
    await assertSettled(server, id, "stopped");
    await accepted(server, id, "delete");
    await assertSettled(server, id, "deleted");
  });
});

it("a subnet that another network has is passed over: active in another one", async () => {
  const first = await slotFor(server, "stop");
  const { IPAM } = await docker.getNetwork(`berth-${first}`).inspect();
  await accepted(server, first, "delete");
  await assertSettled(server, first, "deleted");
  const foreign = await docker.createNetwork({ Name: `berth-foreign-${first}`, IPAM });
  try {
    // The lowest free place is the one that was given back.
    const id = await slotFor(server, "activate");
    await accepted(server, id, "activate");
    expect(await assertSettled(server, id, "active"), "the cause of a failure").toBeUndefined();
    const given = await docker.getNetwork(`berth-${id}`).inspect();
    expect(given.IPAM?.Config).not.toEqual(IPAM?.Config);
  } finally {
    await foreign.remove().catch(() => {});
  }
});
