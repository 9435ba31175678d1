// A stack's state against a real engine.
import { afterEach, beforeAll, expect, it } from "vitest";
import { resourceName } from "../../../infra/args.ts";
import { compareWithState } from "../../../infra/docker/compare.ts";
import { DEPLOYMENT_LABEL, handedVolumeName } from "../../../infra/docker/names.ts";
import { docker, removeLabelled } from "../../support/docker.ts";
import { ensureTinyImages } from "../../support/tiny-image.ts";

const [ID, OTHER] = [crypto.randomUUID(), crypto.randomUUID()];
const [DATA, HANDED] = [resourceName(ID), handedVolumeName(ID)];
const VOLUME = "docker:index/volume:Volume";
const CONTAINER = "docker:index/container:Container";

let image: string;
beforeAll(async () => {
  image = (await ensureTinyImages()).healthy;
});
afterEach(async () => {
  for (const id of [ID, OTHER]) await removeLabelled(id);
  await docker
    .getVolume(DATA)
    .remove()
    .catch(() => {});
});

it("what is there and known is no difference", async () => {
  await volume(DATA, ID);
  await volume(HANDED, ID);
  const id = await container(ID);
  const resources = [
    { type: VOLUME, id: DATA },
    { type: VOLUME, id: HANDED },
    { type: CONTAINER, id },
    { type: "command:local:Command", id: "settings" },
  ];
  expect(await compareWithState(ID, resources)).toEqual({
    foreign: [],
    lost: [],
    beside: [],
    data: "there",
    isAsRecorded: false,
  });
});

it("what is gone is lost, and data among it is said by itself", async () => {
  const resources = [
    { type: VOLUME, id: DATA },
    { type: CONTAINER, id: "0123456789abcdef" },
    { type: "docker:index/network:Network", id: "fedcba9876543210" },
  ];
  expect(await compareWithState(ID, resources)).toEqual({
    foreign: [],
    lost: ["container 0123456789ab", "network fedcba987654"],
    beside: [],
    data: "gone",
    isAsRecorded: false,
  });
  expect(await compareWithState(ID, [])).toMatchObject({ data: "none" });
});

it("what the state doesn't know is beside it, but for data", async () => {
  await volume(DATA, ID);
  await volume(HANDED, ID);
  await container(ID);
  expect(await compareWithState(ID, [])).toEqual({
    foreign: [],
    lost: [],
    beside: [`container ${DATA}`, `volume ${HANDED}`],
    data: "there",
    isAsRecorded: true,
  });
});

it("what is another deployment's is foreign, and so is what is nobody's; a volume of its name needs no label", async () => {
  await volume(resourceName(OTHER), OTHER);
  const id = await container(OTHER);
  await docker.createVolume({ Name: DATA });
  const resources = [
    { type: VOLUME, id: resourceName(OTHER) },
    { type: CONTAINER, id },
    { type: VOLUME, id: DATA },
  ];
  expect(await compareWithState(ID, resources)).toEqual({
    foreign: [
      `volume ${resourceName(OTHER)}, which is deployment ${OTHER}'s`,
      `container ${id.slice(0, 12)}, which is deployment ${OTHER}'s`,
    ],
    lost: [],
    beside: [],
    data: "there",
    isAsRecorded: false,
  });
  expect(await compareWithState(ID, [{ type: "docker:index/network:Network", id: "bridge" }])).toMatchObject({
    foreign: ["network bridge, which is not Berth's"],
  });
});

async function volume(Name: string, id: string): Promise<void> {
  await docker.createVolume({ Name, Labels: { [DEPLOYMENT_LABEL]: id } });
}

async function container(id: string): Promise<string> {
  const Labels = { [DEPLOYMENT_LABEL]: id };
  const made = { name: resourceName(id), Image: image, Labels, HostConfig: { NetworkMode: "none" } };
  return (await docker.createContainer(made)).id;
}
