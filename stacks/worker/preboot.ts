// The worker's part in starting assistants ahead of their activation. Whatever is odd about one that waits, its container is
// replaced: no customer is to wait for what nobody has asked for.
import { randomBytes } from "node:crypto";
import { sql as raw } from "kysely";
import type { Memory } from "../../infra/found.ts";
import type { Target } from "../../infra/target.ts";
import { capabilitiesOf } from "../../infra/targets.ts";
import type { Deployment } from "../deployments/deployments.ts";
import { keptImage, wantedImage } from "../deployments/images.ts";
import { hasRoomToStart, hasRoomToWait, listPrebooted, mostPrebooted } from "../deployments/preboot.ts";
import { placeOf, targetOf } from "../deployments/regions.ts";
import { readColumn, sealColumn } from "../deployments/secret-columns.ts";
import { isAtRest } from "../operations/operations.ts";
import { dropSecrets } from "../pulumi/stack-config.ts";
import type { AttemptContext } from "./attempt.ts";
import type { Outcome } from "./outcome.ts";

/** Starts the slot's assistant, if it may wait. Undefined if it does not. */
export async function preboot(context: AttemptContext): Promise<Outcome | undefined> {
  const { settings, attempt, deployment } = context;
  const image = await imageToWait(context).catch(() => undefined);
  if (image === undefined) return undefined;
  const ready = await withGatewayToken(context);
  attempt.changed(ready);
  const result = await attempt.up({ replicas: 1, image, isWaiting: true });
  // What it needs of them it has.
  await dropSecrets(settings, deployment);
  if (result.state !== "failed") return result;
  attempt.say(`The assistant could not be started ahead of its activation. ${result.cause.message}`);
  return undefined;
}

/** The image of an assistant that may wait, if the host has it; others that have to make room for it are stopped. */
async function imageToWait({ sql, settings, deployment }: AttemptContext): Promise<string | undefined> {
  const { id, pinned_image } = deployment;
  if (!settings.preboot || !capabilitiesOf(placeOf(settings, deployment)).preboot) return;
  const target = await targetOf(settings, deployment);
  const memory = await memoryOf(target);
  const most = mostPrebooted(settings, memory);
  if (most < 1 || !hasRoomToWait(settings, memory)) return;
  const slots = await listPrebooted(sql);
  const place = slots.findIndex((slot) => slot.id === id);
  if (place < 0 || place >= most) return;
  const image = await target.findPin(wantedImage(settings, deployment), pinned_image);
  if (image !== undefined)
    for (const slot of slots.slice(most)) await giveUp({ sql, settings }, target, slot);
  return image;
}

/** An assistant that nobody waits for is stopped before there is too little memory for one that somebody has asked for. */
export async function makeRoom(context: AttemptContext): Promise<void> {
  const { sql, settings, attempt, deployment } = context;
  if (!settings.preboot || deployment.outputs?.replicas === 1) return;
  const target = await targetOf(settings, deployment);
  while (!hasRoomToStart(settings, await memoryOf(target))) {
    const oldest = (await listPrebooted(sql)).filter(({ id }) => id !== deployment.id).at(-1);
    if (!oldest) return;
    attempt.say("The host is short of memory: an assistant that waits for its activation is stopped.");
    await giveUp(context, target, oldest);
  }
}

function memoryOf(target: Target): Promise<Memory | undefined> {
  return target.readMemory?.().catch(() => undefined) ?? Promise.resolve(undefined);
}

/** At once, past its stack, which the watcher brings to that afterwards; not if it was asked for meanwhile. */
async function giveUp(
  { sql, settings }: Pick<AttemptContext, "sql" | "settings">,
  target: Target,
  slot: Deployment,
): Promise<void> {
  const ended = await sql
    .updateTable("deployments")
    .set({ preboot_until: raw<Date>`now()` })
    .where("id", "=", slot.id)
    .where("status", "=", "purchased")
    .returning(isAtRest.as("rests"))
    .executeTakeFirst();
  // What its operation does is ended after it.
  if (!ended?.rests) return;
  const wanted = { deploymentId: slot.id, volume: slot.data_volume, image: keptImage(settings, slot) };
  const data = await target.data({ ...wanted, maxBytes: 0 });
  await data.halt().catch(() => {});
}

/** By it Berth calls the assistant, before its activation and after. */
async function withGatewayToken({ sql, box, deployment }: AttemptContext): Promise<Deployment> {
  if (readColumn(box, deployment, "gateway_token")) return deployment;
  const { id } = deployment;
  const sealed = sealColumn(box, id, "gateway_token", randomBytes(32).toString("hex"));
  const written = await sql
    .updateTable("deployments")
    .set({ gateway_token: sealed })
    .where("id", "=", id)
    .where("status", "=", "purchased")
    .returningAll()
    .executeTakeFirst();
  return { ...deployment, gateway_token: written?.gateway_token ?? sealed };
}
