// An operator with the plain `pulumi` CLI on a deployment that the API made: the session of docs/operating.md.
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  ACTIVATION,
  startTestBerth,
  type TestBerth,
  unpreparedSlot,
  waitForStatus,
} from "../support/berth.ts";
import { typedClient } from "../support/client.ts";
import { docker, labelled } from "../support/docker.ts";
import { itAtLength } from "../support/matrix.ts";
import { asOperator } from "../support/operator.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

let berth: TestBerth;
let id: string;
beforeAll(async () => {
  berth = await startTestBerth(21, { BERTH_ASSISTANT_IMAGE: (await ensureTinyImages()).healthy });
  id = await unpreparedSlot(berth);
  await typedClient(berth).POST("/api/v1/assistants/{id}/activate", {
    params: { path: { id } },
    body: ACTIVATION,
  });
  await waitForStatus(berth, id, "active");
});
afterAll(async () => {
  await berth.close();
  await rm(`${ROOT}.berth/config/Pulumi.${id}.yaml`, { force: true });
});

it("eval of `berth env` makes pulumi see the stack", async () => {
  expect(await pulumi("pulumi stack ls")).toContain(id);
  await pulumi(`pulumi stack select ${id}`);
});

it("stack output and history", async () => {
  const outputs = JSON.parse(await pulumi(`pulumi stack output --json --stack ${id}`));
  expect(outputs).toMatchObject({ status: "active", replicas: 1, network: `berth-${id}` });
  expect(await pulumi(`pulumi stack history --stack ${id}`)).toContain("succeeded");
});

it("config refresh restores the config from the state", async () => {
  await pulumi(`pulumi config refresh --force --stack ${id}`);
  expect(await pulumi(`pulumi config get replicas --stack ${id}`)).toBe("1\n");
});

it("preview shows no changes", async () => {
  const text = await pulumi(`pulumi preview --expect-no-changes --stack ${id}`);
  expect(text).toMatch(/\d+ unchanged/);
});

itAtLength("refresh and up change nothing", async () => {
  const before = (await docker.getContainer(`berth-${id}`).inspect()).Id;
  await pulumi(`pulumi refresh --yes --expect-no-changes --stack ${id}`);
  await pulumi(`pulumi up --yes --expect-no-changes --stack ${id}`);
  expect((await docker.getContainer(`berth-${id}`).inspect()).Id).toBe(before);
});

itAtLength("scaling by hand does what stop and redeploy do", async () => {
  await pulumi(`pulumi config set replicas 0 --stack ${id} && pulumi up --yes --stack ${id}`);
  // But for what measures its data, now and then.
  await expect.poll(async () => (await labelled(id)).containers).toEqual([]);
  await pulumi(`pulumi config set replicas 1 --stack ${id} && pulumi up --yes --stack ${id}`);
  await expect.poll(async () => (await labelled(id)).containers).toEqual([`/berth-${id}`]);
});

it("destroy removes everything, and delete by the API ends it", async () => {
  await pulumi(`pulumi destroy --yes --stack ${id}`);
  expect(await labelled(id)).toEqual({ containers: [], networks: [], volumes: [] });
  const { data } = await typedClient(berth).DELETE("/api/v1/assistants/{id}", { params: { path: { id } } });
  expect(data?.data.status).toBe("deleting");
  await waitForStatus(berth, id, "deleted");
  expect(await pulumi("pulumi stack ls")).not.toContain(id);
});

async function pulumi(command: string): Promise<string> {
  return asOperator(berth, command);
}
