// From a record to the config of a stack on AWS. Secrets Manager is moto's.
import { randomBytes } from "node:crypto";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readConfig } from "../../../api/config/config.ts";
import type { Deployment } from "../../../stacks/deployments/deployments.ts";
import { sealColumn } from "../../../stacks/deployments/secret-columns.ts";
import { prepareConfig } from "../../../stacks/pulumi/stack-config.ts";
import { SecretBox } from "../../../stacks/secret.ts";
import { MODEL_KEY, newBotToken } from "../../support/berth.ts";
import { FOUNDATION, placeOn } from "../../support/foundation.ts";
import { type Moto, startMoto } from "../../support/moto.ts";

const BOT_TOKEN = newBotToken();
const IMAGE = "ghcr.io/openclaw/openclaw:1";
const UP = { replicas: 1, image: IMAGE } as const;
const DOWN = { replicas: 0, image: IMAGE } as const;
const ID = "01940000-0000-7000-8000-000000000001";
const box = new SecretBox(randomBytes(32));
const { stacks } = readConfig({ BERTH_TARGET: "aws", BERTH_AWS_REGION: "eu-central-1" });
const settings = { ...stacks, places: [placeOn(FOUNDATION)] };

let moto: Moto;
beforeAll(async () => {
  moto = await startMoto();
});
afterAll(() => moto?.stop());

const paid = {
  id: ID,
  api_mode: "byok",
  model_provider: null,
  address: null,
  allow_from: [],
  outputs: null,
  region: null,
  operation_id: "operation-1",
} as unknown as Deployment;
const activated: Deployment = {
  ...paid,
  model_provider: "anthropic",
  model_id: "claude-sonnet-4-5",
  telegram_bot_token: sealColumn(box, ID, "telegram_bot_token", BOT_TOKEN),
  model_api_key: sealColumn(box, ID, "model_api_key", MODEL_KEY),
  gateway_token: sealColumn(box, ID, "gateway_token", "gateway-canary"),
};

it("puts the secrets into Secrets Manager, and none of them into the config", async () => {
  const config = await prepareConfig(settings, box, activated, UP);
  for (const secret of [BOT_TOKEN, MODEL_KEY, "gateway-canary"]) {
    expect(JSON.stringify(config)).not.toContain(secret);
  }
  const names = ["OPENCLAW_GATEWAY_TOKEN", "BERTH_TELEGRAM_BOT_TOKEN", "BERTH_MODEL_KEY"];
  expect(JSON.parse(config.secrets ?? "")).toMatchObject({ names });
  const { arn: SecretId } = JSON.parse(config.secrets ?? "");
  const client = new SecretsManagerClient({ region: "eu-central-1" });
  const { SecretString = "" } = await client.send(new GetSecretValueCommand({ SecretId }));
  expect(JSON.parse(SecretString)).toEqual({
    OPENCLAW_GATEWAY_TOKEN: "gateway-canary",
    BERTH_TELEGRAM_BOT_TOKEN: BOT_TOKEN,
    BERTH_MODEL_KEY: MODEL_KEY,
  });
});

it("differs between running and stopped by the replicas alone", async () => {
  const { replicas: one, ...running } = await prepareConfig(settings, box, activated, UP);
  const { replicas: none, ...stopped } = await prepareConfig(settings, box, activated, DOWN);
  expect([one, none]).toEqual(["1", "0"]);
  expect(stopped).toEqual(running);
  expect(running).toMatchObject({
    target: "aws",
    operation: "operation-1",
    foundation: JSON.stringify(FOUNDATION),
  });
});

it("knows another secret by its fingerprint", async () => {
  const before = await prepareConfig(settings, box, activated, UP);
  const telegram_bot_token = sealColumn(box, ID, "telegram_bot_token", `${BOT_TOKEN}x`);
  const after = await prepareConfig(settings, box, { ...activated, telegram_bot_token }, UP);
  expect(after.secrets).not.toBe(before.secrets);
});

it("has nothing to run for a slot that is paid for and not activated", async () => {
  const config = await prepareConfig(settings, box, paid, DOWN);
  expect(config.secrets).toBeUndefined();
  expect(config.settings).toBe("{}");
});

it("stops without the operator's model key, and doesn't start without it", async () => {
  const managed = { ...activated, api_mode: "managed" as const, model_api_key: null };
  const config = await prepareConfig(settings, box, managed, DOWN);
  expect(JSON.parse(config.secrets ?? "").names).toEqual([
    "OPENCLAW_GATEWAY_TOKEN",
    "BERTH_TELEGRAM_BOT_TOKEN",
  ]);
  await expect(prepareConfig(settings, box, managed, UP)).rejects.toThrow(
    "The operator has no model key for anthropic. Choose another modelProvider.",
  );
});

it("is on the foundation of the deployment's own region, and of no other", async () => {
  const second = { ...FOUNDATION, region: "us-east-1" };
  const both = { ...settings, places: [placeOn(FOUNDATION), placeOn(second)] };
  const there = await prepareConfig(both, box, { ...paid, region: "us-east-1" }, DOWN);
  expect(JSON.parse(there.foundation ?? "")).toEqual(second);
  const here = await prepareConfig(both, box, { ...paid, region: "eu-central-1" }, DOWN);
  expect(JSON.parse(here.foundation ?? "")).toEqual(FOUNDATION);
  await expect(prepareConfig(settings, box, { ...paid, region: "us-east-1" }, DOWN)).rejects.toThrow(
    `The deployment ${ID} lives in us-east-1, which this installation does not serve. Add us-east-1 to BERTH_AWS_REGION.`,
  );
});

it("refuses a deployment that lives in another region, where all of it would look removed", async () => {
  const volume = "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-1";
  const moved = { ...activated, outputs: { volume } };
  await expect(prepareConfig(settings, box, moved, UP)).rejects.toThrow(
    "lives in us-east-1, not in eu-central-1. Name us-east-1 first in BERTH_AWS_REGION.",
  );
});
