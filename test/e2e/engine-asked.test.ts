// What somebody does past Berth to a stack's state, or to what the engine has of it: the engine is asked before Pulumi acts,
// and afterwards. What was not to be touched is as it was, and everything else is made right by the first call.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  ACTIVATION,
  paidSlot,
  startTestBerth,
  type TestBerth,
  unpreparedSlot,
  waitForStatus,
} from "../support/berth.ts";
import { dataVolume, docker, labelled, NOTHING, whileActive } from "../support/docker.ts";
import { cells, itAtLength } from "../support/matrix.ts";
import { asOperator } from "../support/operator.ts";
import { asAssistant } from "../support/state.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

let berth: TestBerth;
beforeAll(async () => {
  berth = await startTestBerth(51, { BERTH_ASSISTANT_IMAGE: (await ensureTinyImages()).healthy });
});
afterAll(async () => {
  const ids = await berth.installation.sql.selectFrom("deployments").select("id").execute();
  await berth.close();
  for (const { id } of ids) await rm(`${ROOT}.berth/config/Pulumi.${id}.yaml`, { force: true });
});

describe("data that is gone", () => {
  let id: string;
  let backupId: string;
  beforeAll(async () => {
    id = await active();
    asAssistant(id, "echo remembered > note");
    backupId = String((await berth.call("POST", `${id}/backups`)).body.data?.backupId);
    await ended(id);
    await called(id, "stop");
    await docker.getVolume(`berth-${id}`).remove();
  });

  it("ends a redeploy before anything is made, as often as it is called, and the cause names the newest backup", async () => {
    for (const body of [{}, { beginEmpty: false }]) {
      const status = await called(id, "redeploy", body);
      expect(status).toMatchObject({
        status: "stopped",
        operation: {
          state: "failed",
          error: { code: "DATA_GONE", message: expect.stringContaining(backupId) },
        },
      });
      expect(await labelled(id)).toEqual({ ...NOTHING, networks: [`berth-${id}`] });
    }
  });

  itAtLength("is not forgotten by an operator's refresh of the state either", async () => {
    await pulumi(`config refresh --force --stack ${id} && pulumi refresh --yes --stack ${id}`);
    expect(await called(id, "redeploy")).toMatchObject({ operation: { error: { code: "DATA_GONE" } } });
    expect((await labelled(id)).volumes).toEqual([]);
  });

  it("is not backed up", async () => {
    await berth.call("POST", `${id}/backups`);
    expect(await ended(id)).toMatchObject({ operation: { error: { code: "DATA_GONE" } } });
    const { body } = await berth.call("GET", `${id}/backups/${backupId}`);
    expect(body.data).toMatchObject({ state: "ready" });
  });

  it("comes back by restore", async () => {
    await called(id, "restore", { backupId });
    await called(id, "redeploy");
    await waitForStatus(berth, id, "active");
    expect(asAssistant(id, "cat note")).toBe("remembered\n");
    expect(await findings(id)).toEqual([]);
  });

  it("does not keep an assistant from being stopped, and no empty volume takes its place", async () => {
    const volume = docker.getVolume(await dataVolume(id));
    await docker.getContainer(`berth-${id}`).remove({ force: true });
    // What measures an active assistant's data may hold its volume for a moment.
    await expect.poll(() => volume.remove().then(() => "removed", String)).toBe("removed");
    expect(await called(id, "redeploy")).toMatchObject({
      status: "failed",
      operation: { error: { code: "DATA_GONE" } },
    });
    expect(await called(id, "stop")).toMatchObject({ status: "stopped", operation: { state: "succeeded" } });
    expect(await labelled(id)).toEqual({ ...NOTHING, networks: [`berth-${id}`] });
    expect(await called(id, "redeploy")).toMatchObject({ operation: { error: { code: "DATA_GONE" } } });
  });

  it("is begun without by an explicit word, in a volume of the stack", async () => {
    await called(id, "redeploy", { beginEmpty: true });
    await waitForStatus(berth, id, "active");
    await expect.poll(() => labelled(id)).toEqual(whileActive(id, await dataVolume(id)));
    expect(() => asAssistant(id, "cat note 2>&1")).toThrow();
    asAssistant(id, "echo new > note");
    await called(id, "redeploy", { beginEmpty: true });
    expect(asAssistant(id, "cat note"), "data that is there is kept").toBe("new\n");
    expect(await findings(id)).toEqual([]);
  });
});

it("what was pruned is made by the first call: of a slot, and of a stopped assistant", async () => {
  const id = await paidSlot(berth);
  await ended(id);
  await docker.getNetwork(`berth-${id}`).remove();
  await docker.getVolume(`berth-${id}`).remove();
  await called(id, "activate", ACTIVATION);
  await waitForStatus(berth, id, "active");
  await called(id, "stop");
  await docker.getNetwork(`berth-${id}`).remove();
  await called(id, "redeploy");
  await waitForStatus(berth, id, "active");
  await expect.poll(() => labelled(id)).toEqual(whileActive(id));
  const { body } = await berth.call("GET", `${id}/operations`);
  const states = (body.data as unknown as readonly { state: string }[]).map(({ state }) => state);
  expect(new Set(states)).toEqual(new Set(["succeeded"]));
});

describe("a state that is behind the engine", () => {
  it.each(cells<Called>([], ["redeploy", "stop", "delete"]))(
    "an old one, imported by force, is made up for by %s",
    async (call) => {
      const id = await active();
      const old = await pulumi(`stack export --stack ${id}`);
      await called(id, "stop");
      await called(id, "redeploy");
      const running = (await docker.getContainer(`berth-${id}`).inspect()).Id;
      await imported(id, old);
      expect(checksOf(await findings(id))).toContain("stack-beside");
      await called(id, call);
      await hasExactly(id, call);
      if (call === "redeploy")
        expect((await docker.getContainer(`berth-${id}`).inspect()).Id).not.toBe(running);
    },
  );

  it.each(cells<Called>(["stop"], ["redeploy", "delete"]))(
    "one from which the container was deleted is made up for by %s",
    async (call) => {
      const id = await active();
      const urn = `urn:pulumi:${id}::berth::docker:index/container:Container::assistant`;
      await pulumi(`state delete --yes --force --target-dependents --stack ${id} '${urn}'`);
      await called(id, call);
      await hasExactly(id, call);
    },
  );

  it("a change that a human's cancel has left pending is dropped by redeploy", async () => {
    const id = await active();
    const exported = JSON.parse(await pulumi(`stack export --stack ${id}`));
    const { resources } = exported.deployment;
    const isContainer = ({ type }: { type: string }) => type === "docker:index/container:Container";
    const { id: _, outputs: __, ...resource } = resources.find(isContainer);
    exported.deployment.resources = resources.filter(
      ({ type, urn }: { type: string; urn: string }) =>
        !isContainer({ type }) && !urn.endsWith("::readiness"),
    );
    exported.deployment.pending_operations = [{ resource, type: "creating" }];
    await imported(id, JSON.stringify(exported));
    await called(id, "redeploy");
    await hasExactly(id, "redeploy");
    expect((await berth.call("GET", `${id}/stack`)).body.data).toMatchObject({ pendingOperations: 0 });
  });
});

describe("a state that is another deployment's", () => {
  type Forged = (text: string, a: string, b: string) => string;
  it.each(
    cells<[how: string, forged: Forged]>(
      [["under the other name", (text, a, b) => text.replaceAll(`urn:pulumi:${a}`, `urn:pulumi:${b}`)]],
      [["as it is", (text) => text]],
    ),
  )("%s: nothing is touched, and delete removes its own alone", async (_how, forged) => {
    const [a, b] = [await active(), await active()];
    const before = (await docker.getContainer(`berth-${a}`).inspect()).Id;
    await imported(b, forged(await pulumi(`stack export --stack ${a}`), a, b));
    const found = (await findings(b)).find(({ check }) => check.endsWith("-ownership"));
    expect(found?.message).toContain(a);
    expect(found?.advice).toMatch(/^Don't .*delete it by the API/s);
    for (const call of ["stop", "redeploy"]) {
      expect(await called(b, call)).toMatchObject({
        status: "active",
        operation: { state: "failed", error: { code: "STATE_DAMAGED" } },
      });
      await expect.poll(() => labelled(b)).toEqual(whileActive(b));
    }
    await called(b, "delete");
    await hasExactly(b, "delete");
    await expect.poll(() => labelled(a)).toEqual(whileActive(a));
    expect((await docker.getContainer(`berth-${a}`).inspect()).Id).toBe(before);
    await called(a, "redeploy");
    expect(await findings(a)).toEqual([]);
    asBefore = a;
  });
});

it("a stack that was renamed is found, and named with the command that puts it right", async () => {
  const id = await active();
  await pulumi(`stack rename mine --stack ${id}`);
  const right = `pulumi stack rename ${id} --stack mine`;
  const { operation, status } = await called(id, "stop");
  expect(status).toBe("active");
  expect(operation).toMatchObject({
    error: { code: "STACK_RENAMED", message: expect.stringContaining(right) },
  });
  expect((await findings(id)).find(({ check }) => check === "stack")?.advice).toContain(right);
  const { body } = await berth.call("GET", "/api/v1/doctor");
  const [installation] = body.data as unknown as readonly { findings: readonly Finding[] }[];
  const leftover = installation?.findings.find(({ check }) => check === "leftover-stacks");
  expect(leftover?.advice).toContain(right);
  expect(leftover?.advice).not.toContain("destroy");
  await pulumi(right.slice("pulumi ".length));
  await called(id, "redeploy");
  await hasExactly(id, "redeploy");
});

it("a stack whose record somebody has removed is made anew, around the data", async () => {
  const id = await active();
  asAssistant(id, "echo kept > note");
  await pulumi(`stack rm --force --yes --stack ${id}`);
  await called(id, "redeploy");
  await hasExactly(id, "redeploy");
  expect(asAssistant(id, "cat note")).toBe("kept\n");
});

it("a lock of somebody who works on the stack leaves the deployment as it was", async () => {
  const id = await active();
  const folder = join(berth.dataDir, "state/.pulumi/locks/organization/berth", id);
  await mkdir(folder, { recursive: true });
  const lock = { pid: 1, username: "operator", hostname: `not-${hostname()}`, timestamp: new Date() };
  await writeFile(join(folder, `${crypto.randomUUID()}.json`), JSON.stringify(lock));
  for (const call of ["stop", "redeploy", "delete"]) {
    const after = await called(id, call);
    expect(after).toMatchObject({ status: "active", operation: { error: { code: "STACK_LOCKED" } } });
    await expect.poll(() => labelled(id)).toEqual(whileActive(id));
  }
  await rm(folder, { recursive: true });
  await called(id, "redeploy");
  await hasExactly(id, "redeploy");
});

it("a foreign salt in the stack's settings is set aside, and keeps nobody from deleting", async () => {
  const id = await active();
  const file = join(berth.dataDir, "stacks", id, `Pulumi.${id}.yaml`);
  const foreign = "v1:5Ft9rDSR8Zk=:v1:8bJRBzeGqPGkSq6g:5m5qvrnV4e8r5yRcbdeLGPB8rYs7Jw==";
  const salted = async () => {
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace(/encryptionsalt: .*/, `encryptionsalt: ${foreign}`));
    expect(await readFile(file, "utf8")).toContain(foreign);
  };
  await salted();
  expect(checksOf(await findings(id))).toEqual(["stack-salt"]);
  await called(id, "redeploy");
  await hasExactly(id, "redeploy");
  await salted();
  await called(id, "delete");
  await hasExactly(id, "delete");
});

describe("a state of a foreign salt, as `pulumi stack change-secrets-provider` leaves it,", () => {
  const salted = async (id: string) => {
    const file = join(berth.dataDir, "state/.pulumi/stacks/berth", `${id}.json`);
    const text = await readFile(file, "utf8");
    const foreign = "v1:5Ft9rDSR8Zk=:v1:8bJRBzeGqPGkSq6g:5m5qvrnV4e8r5yRcbdeLGPB8rYs7Jw==";
    await writeFile(file, text.replace(/"salt": ?"[^"]*"/, `"salt":"${foreign}"`));
  };
  it.each(cells<Called>(["stop"], ["redeploy"]))("is set aside by %s, with the data kept", async (call) => {
    const id = await active();
    asAssistant(id, "echo kept > note");
    await salted(id);
    expect(checksOf(await findings(id))).toEqual(["stack-salt"]);
    await called(id, call);
    await hasExactly(id, call);
    if (call === "stop") await called(id, "redeploy");
    await hasExactly(id, "redeploy");
    expect(asAssistant(id, "cat note")).toBe("kept\n");
  });
  itAtLength("keeps nobody from deleting either", async () => {
    const id = await active();
    await salted(id);
    await called(id, "delete");
    await hasExactly(id, "delete");
  });
});

it("a container that somebody has connected to the assistant's network keeps nobody from deleting it, and runs on", async () => {
  const id = await active();
  const other = await docker.createContainer({
    Image: String(berth.environment.BERTH_ASSISTANT_IMAGE),
    HostConfig: { NetworkMode: `berth-${id}` },
  });
  try {
    await other.start();
    await called(id, "delete");
    await hasExactly(id, "delete");
    expect((await other.inspect()).State.Running).toBe(true);
  } finally {
    await other.remove({ force: true });
  }
});

type Called = "stop" | "redeploy" | "delete";

interface Finding {
  readonly check: string;
  readonly message: string;
  readonly advice: string;
}

/** Active, right in all that is examined here, and not in use by another test any more. */
let asBefore: string | undefined;

/** An active assistant: the last test's, if that has put everything right, else another one. */
async function active(): Promise<string> {
  const kept = asBefore;
  asBefore = undefined;
  if (kept) return kept;
  const id = await unpreparedSlot(berth);
  await called(id, "activate", ACTIVATION);
  await waitForStatus(berth, id, "active");
  return id;
}

/** Makes a call, and waits for the end of its operation. */
async function called(id: string, call: string, body?: unknown) {
  if (id === asBefore) asBefore = undefined;
  const [method, path] = call === "delete" ? ["DELETE", id] : ["POST", `${id}/${call}`];
  const { status } = await berth.call(method, path, body);
  expect(status).toBe(202);
  return ended(id);
}

async function ended(id: string) {
  return vi.waitUntil(
    async () => {
      const { data = {} } = (await berth.call("GET", `${id}/status`)).body;
      const { operation } = data as { operation?: { finishedAt: string | null } | null };
      return operation?.finishedAt ? (data as Record<string, unknown>) : undefined;
    },
    { timeout: 300_000, interval: 200 },
  );
}

/** What the call is for is so, in the first attempt, and doctor finds nothing wrong with it. */
async function hasExactly(id: string, call: Called): Promise<void> {
  const { status, operation } = await ended(id);
  expect(operation).toMatchObject({ state: "succeeded", error: null });
  expect(status).toBe({ stop: "stopped", redeploy: "active", delete: "deleted" }[call]);
  const name = `berth-${id}`;
  const stopped = { containers: [], networks: [name], volumes: [name] };
  await expect
    .poll(() => labelled(id))
    .toEqual({ stop: stopped, redeploy: whileActive(id), delete: NOTHING }[call]);
  if (call !== "delete") expect(await findings(id)).toEqual([]);
  if (call === "redeploy") asBefore = id;
}

async function findings(id: string): Promise<readonly Finding[]> {
  const { body } = await berth.call("GET", `/api/v1/doctor?deployment=${id}`);
  const [examined] = body.data as unknown as readonly { findings: readonly Finding[] }[];
  // What was done by hand is seen by the watch as well.
  return (examined?.findings ?? []).filter(({ check }) => check !== "drift");
}

function checksOf(found: readonly Finding[]): string[] {
  return found.map(({ check }) => check);
}

async function imported(id: string, state: string): Promise<void> {
  const file = join(berth.dataDir, "imported.json");
  await writeFile(file, state);
  await pulumi(`stack import --force --stack ${id} --file ${file}`);
}

/** The operator's own. */
async function pulumi(command: string): Promise<string> {
  return asOperator(berth, `pulumi ${command}`);
}
