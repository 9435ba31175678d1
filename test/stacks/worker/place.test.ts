// A deployment is moved off what somebody else has, and stays where it is itself. The target is made up.
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Occupied } from "../../../infra/found.ts";
import type { Target } from "../../../infra/target.ts";
import { TARGETS } from "../../../infra/targets.ts";
import { DEFAULT_ACCOUNT_ID } from "../../../stacks/accounts/accounts.ts";
import type { Database } from "../../../stacks/database/database.ts";
import { createSlot, getDeployment } from "../../../stacks/deployments/deployments.ts";
import { readLog } from "../../../stacks/operations/operation-log.ts";
import { type AttemptRecord, findOperation } from "../../../stacks/operations/operations.ts";
import { causeOf } from "../../../stacks/pulumi/error-texts.ts";
import type { StepResult, UpStep } from "../../../stacks/pulumi/messages.ts";
import type { StackSettings } from "../../../stacks/settings.ts";
import { Attempt } from "../../../stacks/worker/attempt.ts";
import { moveAway } from "../../../stacks/worker/place.ts";
import { openEmptyDatabase } from "../../support/empty-database.ts";

const settings = {
  places: [{ target: "crowded", region: null }],
  portRange: { first: 20_000, last: 20_003 },
  subnetPool: "10.213.0.0/24",
  dataDir: "/data",
  backendUrl: "s3://nowhere",
  modelKeys: {},
  startupTimeoutSeconds: 1,
} as unknown as StackSettings;
const VPN: Occupied = { kind: "network", range: "10.213.0.0/27", by: "the network vpn", deploymentId: null };

let database: Database;
let occupied: Occupied[] | "away";
const said: string[] = [];

beforeAll(async () => {
  database = await openEmptyDatabase();
  const target: Partial<Target> = {
    async occupied() {
      if (occupied === "away") throw new Error("It is away.");
      return occupied;
    },
    stackConfig: async ({ address }) => ({ port: String(address?.hostPort) }),
  };
  TARGETS.set("crowded", {
    defaults: { cpus: 1, startupTimeoutSeconds: 60 },
    needs: { dockerEngine: false, plugins: [] },
    errorTexts: [],
    capabilities: () => ({
      addresses: true,
      dataLimit: false,
      calls: false,
      rehearsal: false,
      preboot: false,
      backups: true,
    }),
    load: async () => ({ findPlaces: async (given) => given, open: () => target as Target }),
    loadStack: () => Promise.reject(new Error("It has none.")),
  });
});
afterAll(async () => {
  TARGETS.delete("crowded");
  await database.close();
});
beforeEach(async () => {
  said.length = 0;
  await database.sql.updateTable("deployments").set({ address: null }).execute();
});

it("it gets the lowest place that nobody has, and the log says why", async () => {
  occupied = [VPN];
  const { id } = await slotAt(0);
  expect(await move(id)).toBe(2);
  expect((await read(id)).address).toBe(2);
  expect(said).toEqual([
    "10.213.0.0/27 of BERTH_SUBNET_POOL (10.213.0.0/24) is used by the network vpn. Its places are skipped (2). The assistant gets another place.",
  ]);
  const other = await slotAt(1);
  expect(await move(other.id), "the first has 2").toBe(3);
});

it("it stays where nobody else is, and where it is itself", async () => {
  occupied = [VPN];
  const free = await slotAt(3);
  expect(await move(free.id)).toBeUndefined();
  const { id } = await slotAt(0);
  const own = { by: "its own", deploymentId: id };
  const route: Occupied = { ...VPN, kind: "route", by: "the route by tun0" };
  occupied = [route, { ...own, kind: "network", range: "10.213.0.0/28" }];
  expect(await move(id), "its network is there").toBeUndefined();
  occupied = [
    { kind: "port", port: 20_000, by: "node (pid 7)", deploymentId: null },
    { ...own, kind: "network", range: "10.213.0.0/28" },
  ];
  expect(await move(id), "its network is there, its port is somebody else's").toBe(1);
});

it("it leaves a place that the engine refuses, whoever has it", async () => {
  occupied = [];
  const { id } = await slotAt(0);
  expect(await move(id, [0])).toBe(1);
  expect(await move(id, [0, 1])).toBe(2);
  expect(said.at(-1)).toBe("The engine refuses the assistant's place. The assistant gets another place.");
});

it("without a free place, or with an engine that is away, it keeps its own", async () => {
  occupied = [{ ...VPN, range: "10.213.0.0/16" }];
  const { id } = await slotAt(0);
  expect(await move(id)).toBeUndefined();
  expect(said[0]).toContain(
    "There is no other place: BERTH_SUBNET_POOL and BERTH_PORT_RANGE move Berth's own.",
  );
  occupied = "away";
  expect(await move(id)).toBeUndefined();
  expect((await read(id)).address).toBe(0);
});

describe("an operation whose place the engine refuses, though nobody was seen there,", () => {
  it("takes another one within the same attempt, and says so", async () => {
    occupied = [];
    const { result, ports, log, id } = await upWhere((port) => port === 20_001);
    expect(result).toMatchObject({ state: "succeeded" });
    expect(ports).toEqual([20_000, 20_001]);
    expect(log).toEqual(["The engine refuses the assistant's place. The assistant gets another place."]);
    expect((await read(id)).address).toBe(1);
  });

  it("fails when there is none, or by anything else, by the engine's word", async () => {
    occupied = [];
    const full = await upWhere(() => false);
    expect(full.result).toMatchObject({ state: "failed", cause: { code: "HOST_PORT_TAKEN" } });
    expect(full.ports).toEqual([20_000, 20_001, 20_002, 20_003]);
    const other = await upWhere(() => false, "no space left on device");
    expect(other.result).toMatchObject({ state: "failed", cause: { code: "DISK_FULL" } });
    expect(other.ports).toEqual([20_000]);
  });
});

/** An attempt with children that do nothing but fail, unless the port pleases. */
async function upWhere(pleases: (port: number) => boolean, error = "port is already allocated") {
  await database.sql.updateTable("deployments").set({ address: null }).execute();
  const { id } = await slotAt(0);
  const operation = { id: uuidv7(), deployment_id: id, kind: "prepare", state: "running" } as const;
  await database.sql.insertInto("operations").values(operation).execute();
  const ports: number[] = [];
  const outputs = { status: "stopped", replicas: 0, image: "i", network: "n", volume: "v" };
  const child = {
    async run({ config }: UpStep): Promise<StepResult> {
      ports.push(Number(config.port));
      if (pleases(Number(config.port))) return { state: "succeeded", outputs };
      return { state: "failed", cause: causeOf([error]) };
    },
  };
  const processes = { take: () => child, giveBack: () => {} };
  const parts = { sql: database.sql, settings, processes, box: {}, pulumi: { path: "", version: "" } };
  const found = await findOperation(database.sql, operation.id);
  const record = { operation: found, before: undefined, lastFailure: undefined };
  const attempt = new Attempt(parts as never, record as AttemptRecord, await read(id));
  const result = await attempt.up({ replicas: 0, image: "i" });
  const events = (await readLog(database.sql, operation.id, 0)).map(({ event }) => event);
  const log = events.flatMap((event) => (event.kind === "diagnostic" ? event.message : []));
  return { id, result, ports, log };
}

async function slotAt(address: number) {
  const wanted = { accountId: DEFAULT_ACCOUNT_ID, apiMode: "byok", maxLive: 0 } as const;
  const slot = await createSlot(database.sql, wanted);
  await database.sql.updateTable("deployments").set({ address }).where("id", "=", slot.id).execute();
  return slot;
}

async function move(id: string, tried: number[] = []) {
  const parts = { sql: database.sql, settings, say: (message: string) => void said.push(message) };
  return moveAway(parts, await read(id), new Set(tried));
}

function read(id: string) {
  return getDeployment(database.sql, DEFAULT_ACCOUNT_ID, id);
}
