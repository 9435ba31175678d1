// The audit, on real Docker: of an assistant as Berth makes it nothing is wrong, and whatever is done to it by hand is found.
import { execFile, execFileSync } from "node:child_process";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEPLOYMENT_LABEL } from "../../infra/docker/names.ts";
import { callWith, newKey } from "../support/accounts.ts";
import {
  ACTIVATION,
  MODEL_KEY,
  paidSlot,
  startTestBerth,
  type TestBerth,
  unpreparedSlot,
  waitForStatus,
} from "../support/berth.ts";
import { docker } from "../support/docker.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const BERTH = fileURLToPath(new URL("../../api/berth.ts", import.meta.url));

interface Finding {
  readonly check: string;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly advice: string;
}
interface Examined {
  readonly deploymentId: string | null;
  readonly account: string | null;
  readonly checks: number;
  readonly findings: readonly Finding[];
  readonly unchecked: readonly string[];
}

let image: string;
let berth: TestBerth;
let id: string;
beforeAll(async () => {
  image = (await ensureTinyImages()).healthy;
  berth = await startTestBerth(19, { BERTH_ASSISTANT_IMAGE: image });
  id = await unpreparedSlot(berth);
  await berth.call("POST", `${id}/activate`, ACTIVATION);
  await waitForStatus(berth, id, "active");
});
afterAll(() => berth.close());

it("finds nothing wrong with an assistant that was left alone, active or stopped", async () => {
  const active = await examined();
  expect(active).toMatchObject({ deploymentId: id, account: "default", findings: [], unchecked: [] });
  expect(active.checks).toBeGreaterThan(40);
  const command = await doctor(id);
  expect(command).toMatchObject({ code: 0, stderr: "" });
  expect(command.lines.slice(0, 2)).toEqual([
    expect.stringMatching(/^berth \d/),
    expect.stringMatching(/^pulumi \d/),
  ]);
  expect(command.lines.at(-1)).toBe(`1 deployment, ${active.checks} checks, 0 findings`);
  await berth.call("POST", `${id}/stop`);
  await waitForStatus(berth, id, "stopped");
  expect((await examined()).findings).toEqual([]);
  await redeployed();
});

/** What is done by hand and undone again, and which checks find it. */
const DEEDS: Readonly<Record<string, Deed>> = {
  "a stray container with its label": {
    act: () => started({ Labels: { [DEPLOYMENT_LABEL]: id } }),
    undo: remove,
    found: {
      "container-count": /expected one container, found 2/,
      "root-filesystem": /expected yes, found no/,
    },
  },
  "another container on its network": {
    act: async () => {
      const spy = await started({ name: `spy-${id}` });
      await docker.getNetwork(`berth-${id}`).connect({ Container: spy });
      return spy;
    },
    undo: remove,
    found: { "network-members": /own container only, found spy-/ },
  },
  "a secrets file that everybody can read": {
    act: () => chmod(secretsFile(), 0o644),
    undo: () => chmod(secretsFile(), 0o600),
    found: { "secrets-file-mode": /expected mode 0600 of user 0, found 0644 of user 0/ },
  },
  "the lock of a process that has ended": {
    act: () => lock(),
    undo: () => rm(join(stateFolder(), "locks/organization/berth", id), { recursive: true }),
    found: { "stack-lock": /found one of somebody@.* \(pid \d+\), which doesn't run any more/ },
  },
  "a state that was edited": {
    act: () => edit((state) => state.replace(/"endpoint": ?"[^"]*"/, `"endpoint": "${MODEL_KEY}"`)),
    undo: (before) => writeFile(stateFile(), String(before)),
    found: {
      "stack-outputs": /expected those of the record/,
      "stack-secrets": /no secret, found model_api_key/,
    },
  },
};

interface Deed {
  act(): Promise<unknown>;
  undo(acted: unknown): Promise<unknown>;
  readonly found: Readonly<Record<string, RegExp>>;
}

describe("finds", () => {
  it.each(Object.entries(DEEDS))("%s", async (_, { act, undo, found }) => {
    const acted = await act();
    const { findings } = await examined();
    await undo(acted);
    for (const [check, says] of Object.entries(found))
      expect(findings).toContainEqual(
        expect.objectContaining({ check, message: expect.stringMatching(says) }),
      );
    expect(JSON.stringify(findings)).not.toContain(MODEL_KEY);
    expect((await examined()).findings.filter(({ check }) => check !== "drift")).toEqual([]);
  });

  it("a privileged container in the place of its own, and the command fails; redeploy repairs that", async () => {
    const name = `berth-${id}`;
    await docker.getContainer(name).remove({ force: true });
    await started({
      name,
      Labels: { [DEPLOYMENT_LABEL]: id },
      Env: [`ANTHROPIC_API_KEY=${MODEL_KEY}`],
      ExposedPorts: { "18789/tcp": {} },
      HostConfig: {
        Privileged: true,
        PidMode: "host",
        Binds: ["/var/run/docker.sock:/var/run/docker.sock"],
        PortBindings: { "18789/tcp": [{ HostIp: "127.0.0.1", HostPort: "0" }] },
      },
    });
    const { code, lines, stdout } = await doctor(id);
    expect(code).toBe(1);
    const checks = lines.flatMap((line) => /^error \S+ \(default\) ([a-z-]+): /.exec(line)?.[1] ?? []);
    expect(checks).toEqual(
      expect.arrayContaining([
        ...["container-own", "privileged", "namespaces", "root-filesystem", "capabilities-dropped", "mounts"],
        ...[
          "security-options",
          "limits",
          "ports",
          "container-networks",
          "container-secrets",
          "stack-resources",
        ],
      ]),
    );
    expect(stdout).toContain("found bind /var/run/docker.sock");
    expect(stdout).not.toContain(MODEL_KEY);
    // What redeploy does depends on what was seen: this is seen within a second or two.
    const drifts = async () => (await examined()).findings.map(({ message }) => message).join("\n");
    await expect.poll(drifts).toContain("that it is unexpected");
    await redeployed();
    expect((await examined()).findings).toEqual([]);
  });

  it("what a deleted deployment has left, in the engine and on the disk", async () => {
    await berth.call("DELETE", id);
    await waitForStatus(berth, id, "deleted");
    await docker.createVolume({ Name: `left-${id}`, Labels: { [DEPLOYMENT_LABEL]: id } });
    await writeFile(secretsFile(), "{}");
    await chmod(join(berth.dataDir, "secret-key"), 0o644);
    const { code, stdout } = await doctor("--json");
    await docker.getVolume(`left-${id}`).remove();
    expect(code).toBe(1);
    const [installation] = (JSON.parse(stdout) as { examined: readonly Examined[] }).examined;
    expect(installation?.deploymentId).toBeNull();
    const errors = installation?.findings.filter(({ severity }) => severity === "error");
    expect(errors).toMatchObject([
      { check: "key-files", message: expect.stringContaining("expected mode 0600, found 0644") },
      { check: "leftover-secrets", message: expect.stringContaining(`${id}.json`) },
      { check: "leftover-parts", message: expect.stringContaining(`found volume left-${id}`) },
    ]);
  });
});

it("is for the operator alone, and for what is there", async () => {
  const call = callWith(berth, await newKey(berth, { account: "acme" }));
  expect((await call("GET", "/api/v1/doctor")).body.error?.code).toBe("FORBIDDEN");
  expect((await berth.call("GET", `/api/v1/doctor?deployment=${id}`)).status).toBe(404);
});

it("goes through all deployments by pages", async () => {
  const slots = [await paidSlot(berth), await paidSlot(berth)];
  for (const slot of slots) await waitForPreparation(slot);
  const first = await berth.call("GET", "/api/v1/doctor?limit=1");
  const { data, nextCursor } = first.body as unknown as { data: Examined[]; nextCursor: string };
  expect(data.map(({ deploymentId }) => deploymentId)).toEqual([null, slots[1]]);
  const second = await berth.call("GET", `/api/v1/doctor?limit=1&cursor=${nextCursor}`);
  expect(second.body).toMatchObject({ data: [{ deploymentId: slots[0], findings: [] }], nextCursor: null });
});

it("names the parts and says how to start where no server runs, and fails", async () => {
  const { code, lines, stderr } = await doctor(undefined, { PORT: "1" });
  expect(code).toBe(1);
  expect(lines[0]).toMatch(/^berth \d/);
  expect(lines[1]).toMatch(/^pulumi \d/);
  expect(stderr).toContain("Start it with npm start");
});

async function examined(): Promise<Examined> {
  const { body } = await berth.call("GET", `/api/v1/doctor?deployment=${id}`);
  const [found] = body.data as unknown as Examined[];
  if (!found) throw new Error(JSON.stringify(body));
  return found;
}

async function doctor(argument: string | undefined, settings: Record<string, string> = {}) {
  const env = { ...berth.environment, PORT: new URL(berth.url).port, ...settings };
  const args = [BERTH, "doctor", ...(argument === undefined ? [] : [argument])];
  return new Promise<{ code: number; lines: string[]; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, args, { env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), lines: stdout.trim().split("\n"), stdout, stderr }),
    );
  });
}

async function redeployed(): Promise<void> {
  await berth.call("POST", `${id}/redeploy`, {});
  await waitForStatus(berth, id, "active");
}

async function waitForPreparation(slot: string): Promise<void> {
  await expect
    .poll(async () => (await berth.call("GET", `${slot}/status`)).body.data, {
      interval: 50,
    })
    .toMatchObject({ operation: { kind: "prepare", state: "succeeded" } });
}

async function started(options: object): Promise<string> {
  const made = await docker.createContainer({ Image: image, ...options });
  await made.start();
  return made.id;
}

function remove(container: unknown): Promise<unknown> {
  return docker.getContainer(String(container)).remove({ force: true });
}

function secretsFile(): string {
  return join(berth.dataDir, "secrets", `${id}.json`);
}

function stateFolder(): string {
  return join(berth.dataDir, "state/.pulumi");
}

function stateFile(): string {
  return join(stateFolder(), "stacks/berth", `${id}.json`);
}

/** @returns what was there before */
async function edit(change: (state: string) => string): Promise<string> {
  const before = await readFile(stateFile(), "utf8");
  await writeFile(stateFile(), change(before));
  return before;
}

async function lock(): Promise<void> {
  const pid = Number(execFileSync("sh", ["-c", "echo $$"], { encoding: "utf8" }));
  const owner = { pid, username: "somebody", hostname: hostname(), timestamp: new Date().toISOString() };
  const folder = join(stateFolder(), "locks/organization/berth", id);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "0.json"), JSON.stringify(owner));
}
