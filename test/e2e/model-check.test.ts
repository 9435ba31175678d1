// A key or a model that the provider does not take is a warning: from a stand-in for Anthropic's API on loopback.
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import {
  ACTIVATION,
  MODEL_KEY,
  startTestBerth,
  type TestBerth,
  unpreparedSlot,
  waitForStatus,
} from "../support/berth.ts";
import { ModelApi } from "../support/model-api.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const MODEL = `/v1/models/${ACTIVATION.modelId}`;
const HOUR_MS = 3_600_000;
const OPERATORS_KEY = "sk-ant-operators-canary-0123456789";
const refused = (status: number, type: string) => ({ status, body: { type: "error", error: { type } } });
const ok = { status: 200, body: { id: ACTIVATION.modelId } };

const api = new ModelApi();
let berth: TestBerth;
let id: string;
beforeAll(async () => {
  const { healthy } = await ensureTinyImages();
  const settings = {
    BERTH_ASSISTANT_IMAGE: healthy,
    BERTH_MODEL_CHECK: "on",
    BERTH_ANTHROPIC_API_KEY: OPERATORS_KEY,
  };
  berth = await startTestBerth(34, settings, undefined, { modelApis: await api.open() });
  id = await unpreparedSlot(berth);
});
afterAll(async () => {
  await berth.close();
  api.close();
});

it("a key that is refused, and one that is taken after a change", async () => {
  api.answers = { [MODEL]: refused(401, "authentication_error") };
  await berth.call("POST", `${id}/activate`, ACTIVATION);
  await waitForStatus(berth, id, "active");
  const warning = await untilWarning(id, "MODEL_KEY_REFUSED");
  expect(warning?.cause.message).toMatch(/anthropic refuses the model key.*PATCH modelApiKey\.$/);
  expect(api.asked.at(-1)?.headers["x-api-key"]).toBe(MODEL_KEY);
  expect(await status(id)).toMatchObject({ status: "active", drift: null });

  await berth.call("POST", `${id}/stop`);
  expect((await waitForStatus(berth, id, "stopped")).warning).toBeNull();
  api.answers = { [MODEL]: ok };
  await berth.call("PATCH", id, { modelApiKey: "sk-ant-another-0123456789" });
  await berth.call("POST", `${id}/redeploy`, {});
  await waitForStatus(berth, id, "active");
  // Only of what the provider takes it is asked again as late as that.
  await vi.waitUntil(async () => (await nextCheck(id)) > Date.now() + 2 * HOUR_MS, { timeout: 300_000 });
  expect(api.asked.at(-1)?.headers["x-api-key"]).toBe("sk-ant-another-0123456789");
  expect((await status(id)).warning).toBeNull();
});

it("a key that is revoked later is found when it is asked for again; without an answer nothing changes", async () => {
  api.answers = { [MODEL]: refused(401, "authentication_error") };
  expect(await isDue(id)).toBe(false);
  await makeDue(id);
  const { since } = (await untilWarning(id, "MODEL_KEY_REFUSED")) ?? {};
  api.answers = { [MODEL]: { status: 503, body: {} } };
  await makeDue(id);
  await vi.waitUntil(async () => !(await isDue(id)), { timeout: 300_000 });
  expect(await status(id)).toMatchObject({ warning: { cause: { code: "MODEL_KEY_REFUSED" }, since } });
  api.answers = { [MODEL]: ok };
  await makeDue(id);
  await untilWarning(id, undefined);
});

it("a model that there is not, beside what the assistant says of itself", async () => {
  api.answers = { [MODEL]: refused(404, "not_found_error") };
  await makeDue(id);
  const warning = await untilWarning(id, "MODEL_UNKNOWN");
  expect(warning?.cause.message).toContain(`no model "${ACTIVATION.modelId}"`);
  const own = { cause: { code: "NOT_READY", message: "Not ready." }, since: new Date().toISOString() };
  await berth.installation.sql
    .updateTable("deployments")
    .set({ warning: JSON.stringify(own) })
    .where("id", "=", id)
    .execute();
  expect((await status(id)).warning?.cause).toMatchObject({
    code: "NOT_READY",
    message: expect.stringMatching(/^Not ready\. Besides \(MODEL_UNKNOWN\): anthropic has no model/),
  });
});

it("a model that there is not, while a fallback model answers; then a fallback model that there is not", async () => {
  await berth.installation.sql
    .updateTable("deployments")
    .set({ warning: null, fallback_models: JSON.stringify(["claude-stand-in"]) })
    .where("id", "=", id)
    .execute();
  const FALLBACK = "/v1/models/claude-stand-in";
  api.answers = { [MODEL]: refused(404, "not_found_error"), [FALLBACK]: ok };
  await makeDue(id);
  const message = async () => (await status(id)).warning?.cause.message;
  await expect
    .poll(message)
    .toMatch(/The fallback model "claude-stand-in" answers meanwhile: PATCH modelId\.$/);
  api.answers = { [MODEL]: ok, [FALLBACK]: refused(404, "not_found_error") };
  await makeDue(id);
  await expect.poll(message).toMatch(/^anthropic has no model "claude-stand-in".*PATCH fallbackModels\.$/);
  api.answers = { [MODEL]: ok, [FALLBACK]: ok };
  await makeDue(id);
  await untilWarning(id, undefined);
});

it("the operator's key is not the customer's fault", async () => {
  const managed = await unpreparedSlot(berth, "managed");
  api.answers = { [MODEL]: refused(401, "authentication_error") };
  const { modelApiKey: _, ...body } = { ...ACTIVATION };
  await berth.call("POST", `${managed}/activate`, body);
  await waitForStatus(berth, managed, "active");
  const warning = await untilWarning(managed, "MODEL_KEY_REFUSED");
  expect(warning?.cause.message).toMatch(/operator's model key.*Your settings are not at fault/);
  expect(JSON.stringify(await status(managed))).not.toContain(OPERATORS_KEY);
  expect(api.asked.at(-1)?.headers["x-api-key"]).toBe(OPERATORS_KEY);
});

interface Status {
  readonly warning: { readonly cause: { readonly code: string; readonly message: string } } | null;
}

async function status(of: string): Promise<Status & Record<string, unknown>> {
  return (await berth.call("GET", `${of}/status`)).body.data as unknown as Status & Record<string, unknown>;
}

async function untilWarning(of: string, code: string | undefined) {
  await vi.waitUntil(async () => (await status(of)).warning?.cause.code === code, { timeout: 300_000 });
  return (await status(of)).warning as (Status["warning"] & { since: string }) | null;
}

/** As a day later. */
async function makeDue(of: string): Promise<void> {
  const { sql } = berth.installation;
  await sql.updateTable("deployments").set({ model_check_at: new Date() }).where("id", "=", of).execute();
}

async function isDue(of: string): Promise<boolean> {
  return (await nextCheck(of)) <= Date.now();
}

async function nextCheck(of: string): Promise<number> {
  const { sql } = berth.installation;
  const found = await sql
    .selectFrom("deployments")
    .select("model_check_at")
    .where("id", "=", of)
    .executeTakeFirstOrThrow();
  return found.model_check_at?.getTime() ?? 0;
}
