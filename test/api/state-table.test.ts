// Every status × every call, against the table that design and docs/api.md show.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_ACCOUNT_ID } from "../../stacks/accounts/accounts.ts";
import { insertBackup, recordWritten } from "../../stacks/backups/records.ts";
import { getDeployment } from "../../stacks/deployments/deployments.ts";
import { sealColumn } from "../../stacks/deployments/secret-columns.ts";
import { type Call, LIFECYCLE, STATUSES, type Status } from "../../stacks/lifecycle.ts";
import { ACTIVATION, startTestBerth, type TestBerth } from "../support/berth.ts";

const BACKUP_ID = crypto.randomUUID();
const CALLS = {
  activate: { method: "POST", path: "/activate", body: ACTIVATION, accepted: 202, during: "deploying" },
  redeploy: { method: "POST", path: "/redeploy", body: {}, accepted: 202, during: "deploying" },
  stop: { method: "POST", path: "/stop", body: undefined, accepted: 202, during: "stopping" },
  backup: { method: "POST", path: "/backups", body: undefined, accepted: 202, during: undefined },
  restore: {
    method: "POST",
    path: "/restore",
    body: { backupId: BACKUP_ID },
    accepted: 202,
    during: undefined,
  },
  patch: { method: "PATCH", path: "", body: { name: "Renamed" }, accepted: 200, during: undefined },
  delete: { method: "DELETE", path: "", body: undefined, accepted: 202, during: "deleting" },
} as const;

/** Written out by hand, so that a slip in the product's own table is seen. */
const ALLOWED: Record<keyof typeof CALLS, readonly Status[]> = {
  activate: ["purchased"],
  redeploy: ["active", "stopped", "failed"],
  stop: ["active", "failed"],
  backup: ["active", "stopped", "suspended", "failed"],
  restore: ["purchased", "stopped", "failed"],
  patch: ["purchased", "active", "stopped", "failed"],
  delete: [
    "pending_payment",
    "purchased",
    "deploying",
    "active",
    "stopping",
    "stopped",
    "suspended",
    "failed",
    "deleting",
  ],
};

/** Of an assistant that does not answer. */
const OUTPUTS = {
  status: "active",
  replicas: 1,
  containerId: "c0ffee",
  endpoint: "http://127.0.0.1:1",
  image: "tiny",
  network: "net",
  volume: "vol",
};

let berth: TestBerth;
beforeAll(async () => {
  berth = await startTestBerth(1, { BERTH_ROLE: "api" });
  const deployment = await getDeployment(
    berth.installation.sql,
    DEFAULT_ACCOUNT_ID,
    await deploymentIn("stopped"),
  );
  const backup = { id: BACKUP_ID, reason: "requested", operation_id: crypto.randomUUID() } as const;
  await insertBackup(berth.installation.sql, berth.installation.settings, deployment, backup);
  await recordWritten(berth.installation.sql, { id: backup.operation_id }, { size: 1, sha256: "" });
});
afterAll(() => berth.close());

describe.each(STATUSES)("in state %s", (status) => {
  it.each(Object.keys(CALLS) as (keyof typeof CALLS)[])("%s answers as the table says", async (name) => {
    const call = CALLS[name];
    const id = await deploymentIn(status);
    const answer = await berth.call(call.method, id + call.path, call.body);
    if (status === "deleted") {
      expect(answer.status).toBe(404);
    } else if (ALLOWED[name].includes(status)) {
      expect(answer.status, JSON.stringify(answer.body)).toBe(call.accepted);
      expect(answer.body.data?.status).toBe(call.during ?? status);
    } else {
      expect(answer.status).toBe(409);
      expect(answer.body.error?.code).toBe("INVALID_STATE");
      expect(answer.body.error?.details).toEqual({ currentState: status, allowedStates: ALLOWED[name] });
      expect(answer.body.error?.message).toContain(`in state ${status}`);
      expect(await statusOf(id)).toBe(status);
    }
  });

  it("status can be asked for", async () => {
    const answer = await berth.call("GET", `${await deploymentIn(status)}/status`);
    expect(answer.status).toBe(200);
    expect(answer.body.data?.status).toBe(status);
  });
});

/** The calls as answers name them, with how each is made. */
const NAMED = {
  activate: CALLS.activate,
  redeploy: CALLS.redeploy,
  stop: CALLS.stop,
  backUp: CALLS.backup,
  restore: CALLS.restore,
  patch: CALLS.patch,
  cancel: { method: "POST", path: "/operations/:id/cancel", body: undefined },
  pairing: { method: "GET", path: "/pairing", body: undefined },
  checkout: { method: "POST", path: "/checkout", body: undefined },
  delete: CALLS.delete,
} as const;
type Named = Record<keyof typeof NAMED, { isAllowed: boolean; reason: string | null }>;

describe.each([
  ...STATUSES.map((status) => [status, "paid"] as const),
  ...STATUSES.map((status) => [status, "revoked"] as const),
])("in state %s, payment %s", (status, payment) => {
  it.each(Object.keys(NAMED) as (keyof typeof NAMED)[])(
    "what is said of %s is what it does",
    async (name) => {
      const { method, path, body } = NAMED[name];
      const id = await deploymentIn(status, payment);
      if (name === "cancel") await insertActivation(id);
      const said = (await callsOf(`${id}/status`))[name];
      const answer = await berth.call(method, id + path.replace(":id", id), body);
      // Nothing answers at the address of an assistant that a test has made up: the call was allowed, and then failed.
      const refusal = answer.body.error?.code === "UNAVAILABLE" ? undefined : answer.body.error;
      expect(said).toEqual({ isAllowed: refusal === undefined, reason: refusal?.message ?? null });
    },
  );
});

it.each(STATUSES.filter((status) => status !== "deleted"))(
  "in state %s every answer says the same",
  async (status) => {
    const id = await deploymentIn(status);
    const said = await callsOf(`${id}/status`);
    expect(Object.keys(said).toSorted()).toEqual(Object.keys(NAMED).toSorted());
    expect(await callsOf(id)).toEqual(said);
    const { body } = await berth.call("GET", "?limit=1");
    expect(body.data).toMatchObject([{ deploymentId: id, calls: said }]);
    const { upgrade, ...ofMember } = (await callsOf(`/api/v1/fleet/${id}`)) as Named &
      Record<"upgrade", unknown>;
    expect(ofMember).toEqual(said);
    const upgraded = await berth.call("POST", `/api/v1/fleet/${id}/upgrade`, {});
    expect(upgrade).toEqual({
      isAllowed: upgraded.status === 202,
      reason: upgraded.body.error?.message ?? null,
    });
  },
);

it("the product's table is the one tested here", () => {
  for (const name of Object.keys(CALLS) as (keyof typeof CALLS & Call)[]) {
    expect(LIFECYCLE[name].from).toEqual(ALLOWED[name]);
  }
});

it("a cancel ends the operation that brings it up and no other, and stops the assistant", async () => {
  const id = await deploymentIn("deploying");
  await insertActivation(id);
  const { body } = await berth.call("POST", `${id}/operations/${id}/cancel`);
  expect(body.data?.status).toBe("stopping");
  const operations = (await berth.call("GET", `${id}/operations`)).body.data as unknown as { id: string }[];
  expect(operations).toMatchObject([
    { id: body.data?.operationId, kind: "stop", state: "queued" },
    { id, kind: "activate", state: "queued" },
  ]);
  const { sql } = berth.installation;
  const found = await sql.selectFrom("operations").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
  expect(found.cancel_requested).toBe(true);

  const other = await deploymentIn("deploying");
  await insertActivation(other);
  const stop = { id: crypto.randomUUID(), deployment_id: other, kind: "stop", state: "succeeded" } as const;
  await sql.insertInto("operations").values(stop).execute();
  const refused = await berth.call("POST", `${other}/operations/${stop.id}/cancel`);
  expect(refused.body.error?.code).toBe("INVALID_STATE");
  expect(await statusOf(other)).toBe("deploying");
  expect((await berth.call("POST", `${other}/operations/${id}/cancel`)).status).toBe(404);
});

it("a slot set to purchased by SQL can be activated: nothing else has to be touched", async () => {
  const { body } = await berth.call("POST", "purchase", { apiMode: "byok" });
  const id = body.data?.deploymentId ?? "";
  expect((await berth.call("POST", `${id}/activate`, ACTIVATION)).status).toBe(409);
  await berth.installation.sql
    .updateTable("deployments")
    .set({ status: "purchased" })
    .where("id", "=", id)
    .execute();
  expect((await berth.call("POST", `${id}/activate`, ACTIVATION)).status).toBe(202);
});

async function deploymentIn(status: Status, payment: "open" | "paid" | "revoked" = "open"): Promise<string> {
  const { body } = await berth.call("POST", "purchase", { apiMode: "byok" });
  const id = body.data?.deploymentId ?? "";
  const { sql, box } = berth.installation;
  const running = status === "active" && { outputs: JSON.stringify(OUTPUTS) };
  await sql
    .updateTable("deployments")
    .set({ status, payment, gateway_token: sealColumn(box, id, "gateway_token", "token"), ...running })
    .where("id", "=", id)
    .execute();
  return id;
}

/** That waits, with the id of its deployment. */
async function insertActivation(id: string): Promise<void> {
  const operation = { id, deployment_id: id, kind: "activate", state: "queued" } as const;
  await berth.installation.sql.insertInto("operations").values(operation).execute();
}

async function callsOf(path: string): Promise<Named> {
  return (await berth.call("GET", path)).body.data?.calls as unknown as Named;
}

async function statusOf(id: string): Promise<unknown> {
  return (await berth.call("GET", `${id}/status`)).body.data?.status;
}
