// What an operation that was cut off has left in the engine, and its stack does not know: with real volumes.
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { resourceName } from "../../../infra/args.ts";
import { removeAll, removeContainers, removeStrays } from "../../../infra/docker/engine.ts";
import { MOST_PROCESSES } from "../../../infra/docker/limit-processes.ts";
import { DEPLOYMENT_LABEL, freshVolumeName, handedVolumeName } from "../../../infra/docker/names.ts";
import { observe } from "../../../infra/docker/observe.ts";
import { docker, labelled, removeLabelled } from "../../support/docker.ts";
import { ensureTinyImages } from "../../support/tiny-image.ts";

const ID = crypto.randomUUID();
const [DATA, HANDED] = [resourceName(ID), handedVolumeName(ID)];
const Labels = { [DEPLOYMENT_LABEL]: ID };

let image: string;
beforeAll(async () => {
  image = (await ensureTinyImages()).healthy;
});
beforeEach(async () => {
  for (const Name of [DATA, HANDED]) await docker.createVolume({ Name, Labels });
});
afterEach(() => removeLabelled(ID));

it("secrets that no stack knows of are removed with the container that has them; the data stays", async () => {
  await container();
  await removeStrays(ID, new Set([DATA]));
  expect(await labelled(ID)).toEqual({ containers: [], networks: [], volumes: [DATA] });
});

it("data that no stack knows of stays, too", async () => {
  await removeStrays(ID, new Set());
  expect((await labelled(ID)).volumes).toEqual([DATA]);
});

it("what a restore has left beside the data goes, if the data is where the record says; else nothing of it does", async () => {
  const fresh = freshVolumeName(ID);
  await docker.createVolume({ Name: fresh, Labels });
  await removeStrays(ID, new Set([fresh]), DATA);
  expect((await labelled(ID)).volumes, "the stack knows it").toEqual([DATA, fresh].toSorted());
  for (const kept of [undefined, freshVolumeName(ID)]) await removeStrays(ID, new Set(), kept);
  expect((await labelled(ID)).volumes).toEqual([DATA, fresh].toSorted());
  await removeStrays(ID, new Set(), fresh);
  expect((await labelled(ID)).volumes).toEqual([fresh]);
});

it("secrets that the stack knows of stay, and so do those of a container that it knows of", async () => {
  await removeStrays(ID, new Set([HANDED]));
  expect((await labelled(ID)).volumes).toEqual([DATA, HANDED]);
  await removeStrays(ID, new Set([await container()]));
  expect(await labelled(ID)).toMatchObject({ containers: [`/${DATA}`], volumes: [DATA, HANDED] });
});

it("a volume of its name that somebody has made by hand counts as its own, and goes with the rest", async () => {
  await docker.getVolume(DATA).remove();
  await docker.createVolume({ Name: DATA });
  expect((await observe([ID])).get(ID)?.volumes.toSorted()).toEqual([DATA, HANDED]);
  await removeAll(ID);
  await expect(docker.getVolume(DATA).inspect()).rejects.toMatchObject({ statusCode: 404 });
});

it("a network and a limit that somebody has given a container are put right where what is out of order goes", async () => {
  const id = await container();
  const other = await docker.createNetwork({ Name: `berth-test-${ID}`, Labels });
  await docker.getNetwork("none").disconnect({ Container: id, Force: true });
  await other.connect({ Container: id });
  await docker.getContainer(id).update({ PidsLimit: 7 });
  const found = async () => {
    const { HostConfig, NetworkSettings } = await docker.getContainer(id).inspect();
    return [HostConfig.PidsLimit, Object.keys(NetworkSettings.Networks)];
  };
  expect(await removeContainers(ID, { which: "strangers", own: id })).toBe(0);
  expect(await found()).toEqual([7, [`berth-test-${ID}`]]);
  expect(await removeContainers(ID, { which: "out of order" })).toBe(1);
  expect(await found()).toEqual([MOST_PROCESSES, []]);
  expect(await removeContainers(ID, { which: "out of order" })).toBe(0);
});

/** @returns its id */
async function container(): Promise<string> {
  const HostConfig = { Binds: [`${HANDED}:/run/berth:ro`], NetworkMode: "none" };
  return (await docker.createContainer({ name: DATA, Image: image, Labels, HostConfig })).id;
}
