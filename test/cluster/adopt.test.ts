// A whole Berth with deployments on real Docker and on a real cluster: they move there with their data, byte for byte, and back,
// by the operator's command. What holds when a move fails in the middle is shown by test/e2e/adopt.test.ts.
import { execFileSync } from "node:child_process";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { adopt } from "../../api/commands/adopt.ts";
import { readConfig } from "../../api/config/config.ts";
import { assertSame, Summing, type Sums } from "../../infra/backups/sums.ts";
import { openTarget } from "../../infra/targets.ts";
import { findDeployment } from "../../stacks/deployments/deployments.ts";
import { placeOf } from "../../stacks/deployments/regions.ts";
import { ACTIVATION, paidSlot, type TestBerth, waitForStatus } from "../support/berth.ts";
import { endClusterBerth, startClusterBerth } from "../support/cluster/berth.ts";
import { kubectl, read } from "../support/cluster/kubectl.ts";
import { removeLabelled } from "../support/docker.ts";
import { asAssistant } from "../support/state.ts";
import { ensureTinyImages, tinyImageNames } from "../support/tiny-image.ts";

const NAMESPACE = "berth-adopt";
const IN = ["--namespace", NAMESPACE];
const FILES = `mkdir -p deep/er "with space" empty && chmod 2750 empty
  echo first > deep/er/a; ln deep/er/a hard; ln -s deep/er/a soft; ln -s /nowhere dangling
  echo ünï > "ünïcode"; echo long > ${"n".repeat(250)}
  truncate -s 1M sparse; head -c 2097152 /dev/urandom > random
  chmod 751 hard; chmod 600 random; touch -d '2001-02-03 04:05:06' deep/er/a`;

let berth: TestBerth;
beforeAll(async () => {
  await ensureTinyImages();
  const { healthy } = tinyImageNames();
  berth = await startClusterBerth(94, NAMESPACE, {
    BERTH_TARGET: "docker,kubernetes",
    BERTH_ASSISTANT_IMAGE: healthy,
    BERTH_HOST_RULES: "leave",
    BERTH_KUBERNETES_DATA_SIZE: "50Mi",
  });
});
afterAll(async () => {
  const ids = (await berth?.installation.sql.selectFrom("deployments").select("id").execute()) ?? [];
  await endClusterBerth(berth, NAMESPACE);
  for (const { id } of ids) await removeLabelled(id);
});
afterEach(() => {
  process.exitCode = undefined;
});

const member = async (id: string) => (await berth.call("GET", `/api/v1/fleet/${id}`)).body.data;
const ofDocker = (id: string) =>
  ["container", "volume", "network"].map((kind) =>
    execFileSync(
      "docker",
      [kind, "ls", ...(kind === "container" ? ["--all"] : []), "--quiet", "--filter", `name=berth-${id}`],
      { encoding: "utf8" },
    ).trim(),
  );
const ofCluster = (id: string) =>
  read([
    ...IN,
    "statefulsets,pods,pvc,secrets,networkpolicies",
    "--selector",
    `berth.dev/deployment=${id}`,
  ]).items.map(({ kind }: { kind: string }) => kind);

/** The operator's command. @returns what it has printed */
async function adoptTo(to: string, id?: string): Promise<string> {
  const printed: string[] = [];
  const print = vi.spyOn(console, "log").mockImplementation((line) => void printed.push(String(line)));
  const { port } = new URL(berth.url);
  await adopt(readConfig({ ...berth.environment, PORT: port }), { id, to, atOnce: 2 }).finally(() =>
    print.mockRestore(),
  );
  return printed.join("\n");
}

/** What its data is, wherever that is, by names, modes, owners and contents. It must not run. */
async function dataOf(id: string) {
  const deployment = await findDeployment(berth.installation.sql, id);
  if (!deployment) throw new Error("No such deployment.");
  const target = await openTarget(placeOf(berth.installation.settings, deployment));
  const volume = deployment.data_volume ?? (deployment.outputs?.volume as string | undefined);
  const data = await target.data({
    deploymentId: id,
    image: tinyImageNames().healthy,
    maxBytes: 2 ** 30,
    volume,
  });
  const found = new Summing();
  for await (const _piece of found.over(data.read(new AbortController().signal)));
  return found.sums;
}

async function stop(id: string): Promise<void> {
  await berth.call("POST", `${id}/stop`);
  await waitForStatus(berth, id, "stopped");
}

async function start(id: string): Promise<void> {
  await berth.call("POST", `${id}/redeploy`);
  await waitForStatus(berth, id, "active");
}

describe("a stopped deployment", () => {
  let id: string;
  let before: Sums;
  beforeAll(async () => {
    id = await paidSlot(berth);
    await berth.call("POST", `${id}/activate`, ACTIVATION);
    await waitForStatus(berth, id, "active");
    asAssistant(id, FILES);
    await stop(id);
    before = await dataOf(id);
    expect(before.entries).toBeGreaterThan(10);
  });

  it("goes over with its data, and nothing of it is left on Docker", async () => {
    expect(await adoptTo("kubernetes", id)).toContain("1 moved to kubernetes, 0 failed.");
    expect(await member(id)).toMatchObject({ target: "kubernetes", status: "stopped", isMoving: false });
    assertSame(before, await dataOf(id));
    expect(ofDocker(id)).toEqual(["", "", ""]);
    expect(ofCluster(id)).toContain("PersistentVolumeClaim");
    expect(ofCluster(id)).not.toContain("Pod");
  });

  it("runs there, and comes back with what it has written since", async () => {
    await start(id);
    kubectl([...IN, "exec", `berth-${id}-0`, "--", "sh", "-c", "echo there > .openclaw/since"]);
    await stop(id);
    const there = await dataOf(id);
    expect(there.entries).toBe(before.entries + 1);
    expect(await adoptTo("docker", id)).toContain("1 moved to docker, 0 failed.");
    assertSame(there, await dataOf(id));
    expect(ofCluster(id)).toEqual([]);
    await start(id);
    expect(asAssistant(id, "cat since")).toBe("there\n");
  });

  it("deleted, nothing of it is left anywhere", async () => {
    await berth.call("DELETE", id);
    await waitForStatus(berth, id, "deleted");
    expect([ofDocker(id), ofCluster(id)]).toEqual([["", "", ""], []]);
  });
});

describe("all of them", () => {
  let running: string;
  let slot: string;
  beforeAll(async () => {
    running = await paidSlot(berth);
    await berth.call("POST", `${running}/activate`, ACTIVATION);
    await waitForStatus(berth, running, "active");
    asAssistant(running, "echo kept > note");
    slot = await paidSlot(berth);
  });

  it("go over: what is active is active there, with its data and its bot", async () => {
    const printed = await adoptTo("kubernetes");
    expect(printed).toContain("2 moved to kubernetes, 0 failed.");
    expect(await member(running)).toMatchObject({ target: "kubernetes", status: "active" });
    expect(await member(slot)).toMatchObject({ target: "kubernetes", status: "purchased" });
    expect(kubectl([...IN, "exec", `berth-${running}-0`, "--", "cat", ".openclaw/note"])).toBe("kept\n");
    expect([ofDocker(running), ofDocker(slot)]).toEqual([
      ["", "", ""],
      ["", "", ""],
    ]);
    expect(await adoptTo("kubernetes")).toContain("2 on kubernetes already");
  });

  it("a slot that has moved is activated there", async () => {
    await berth.call("POST", `${slot}/activate`, ACTIVATION);
    await waitForStatus(berth, slot, "active");
    expect(ofCluster(slot)).toContain("Pod");
    expect(ofDocker(slot)).toEqual(["", "", ""]);
  });

  it("one that does not start in the cluster is active on Docker again", async () => {
    expect(await adoptTo("docker", running)).toContain("1 moved to docker");
    const quota = {
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { name: "full" },
      spec: { hard: { pods: "0" } },
    };
    kubectl([...IN, "apply", "--filename=-"], quota);
    const printed = await adoptTo("kubernetes", running);
    kubectl([...IN, "delete", "resourcequota", "full"]);
    expect(printed).toContain("MOVE_UNDONE");
    expect(await member(running)).toMatchObject({ target: "docker", status: "active", isMoving: false });
    expect(asAssistant(running, "cat note")).toBe("kept\n");
    expect(ofCluster(running)).toEqual([]);
  });
});
