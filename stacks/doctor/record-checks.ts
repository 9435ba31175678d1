// A deployment's record by itself: whether what it says can be so.
import { counted } from "../../infra/sentences.ts";
import { addressCount } from "../deployments/addresses.ts";
import { recordedOutputs } from "../deployments/outputs.ts";
import { offersTo } from "../deployments/regions.ts";
import { MAX_ATTEMPTS } from "../operations/operations.ts";
import { usesGateway } from "../usage/gateway-use.ts";
import { type Check, error, REDEPLOY, warning } from "./check.ts";
import { dataIsMeasured, dataIsWithinItsLimit } from "./data-size-checks.ts";
import { isBusy, type Picture } from "./picture.ts";

/** Of one attempt, beyond the assistant's own time to start: what the worker gives it, and then until it is over. */
const ATTEMPT_SLACK_MS = 300_000;
const PASSING = ["deploying", "stopping", "deleting"];

export const RECORD_CHECKS: readonly Check<Picture>[] = [
  { name: "status", look: statusHasAnOperation },
  { name: "operation-overdue", look: operationIsInTime },
  { name: "outputs", look: outputsBearTheStatusOut },
  { name: "address", look: addressIsItsOwn },
  { name: "bot", look: botIsItsOwn },
  { name: "sealed-secrets", look: secretsOpen },
  { name: "model-key", look: modelKeyStaysHere },
  { name: "move", look: moveHasEnded },
  { name: "drift", look: nothingDrifted },
  { name: "data-size", look: dataIsWithinItsLimit },
  { name: "data-measured", look: dataIsMeasured },
];

function statusHasAnOperation(picture: Picture) {
  const { status } = picture.deployment;
  if (!PASSING.includes(status) || isBusy(picture)) return [];
  const advice = "Look into Berth's log for its last operation; deleting it is always possible.";
  return [error(`Its status is ${status}: expected an operation that runs, found none.`, advice)];
}

function operationIsInTime({ operation, settings, now }: Picture) {
  if (!operation || operation.finished_at) return [];
  const { kind, state, started_at, created_at } = operation;
  const limitMs = MAX_ATTEMPTS * (settings.startupTimeoutSeconds * 1000 + ATTEMPT_SLACK_MS);
  const passedMs = now.getTime() - (started_at ?? created_at).getTime();
  if (passedMs <= limitMs) return [];
  const minutes = (ms: number) => counted(Math.round(ms / 60_000), "minute");
  const message = `Its operation ${kind} is ${state}: expected an end within ${minutes(limitMs)}, found it so after ${minutes(passedMs)}.`;
  return [error(message, "Is a worker running (BERTH_ROLE=all or worker)? Start one, or look into its log.")];
}

function outputsBearTheStatusOut({ deployment: { status, outputs } }: Picture) {
  if (status !== "active" && status !== "stopped") return [];
  const found = recordedOutputs(outputs)?.status ?? "none that can be read";
  if (found === status) return [];
  return [
    error(`Its status is ${status}: expected its stack's outputs to say so, found ${found}.`, REDEPLOY),
  ];
}

function addressIsItsOwn({ deployment, settings, sharesAddressWith }: Picture) {
  const { status, address, target, region } = deployment;
  if (!offersTo(settings, { target, region }, "addresses")) return [];
  if (address === null) {
    return status === "active"
      ? [error("It is active: expected a port and a subnet of its own, found none.", REDEPLOY)]
      : [];
  }
  const count = addressCount(settings);
  return [
    ...(sharesAddressWith === undefined
      ? []
      : [
          error(
            `Its place ${address}: expected nobody else there, found deployment ${sharesAddressWith}.`,
            "Delete one of the two.",
          ),
        ]),
    ...(address < count
      ? []
      : [
          error(
            `Its place: expected one of the ${count} of this installation, found number ${address}.`,
            "Widen BERTH_PORT_RANGE and BERTH_SUBNET_POOL again.",
          ),
        ]),
  ];
}

function moveHasEnded(picture: Picture) {
  const { moving, target } = picture.deployment;
  if (!moving || isBusy(picture)) return [];
  const isThere = moving.phase === "arrived";
  const message = isThere
    ? `Its move from ${moving.from.target} to ${target}: expected nothing of it to be left on ${moving.from.target}, found that what is there is not removed yet.`
    : `Its move from ${moving.from.target} to ${target}: expected an end, found it cut off (${moving.phase}).`;
  return [
    warning(
      message,
      isThere ? `Adopt it again: adopt <id> --to ${target}.` : "Redeploy it, or adopt it again.",
    ),
  ];
}

function modelKeyStaysHere({ deployment, settings }: Picture) {
  if (deployment.status !== "active" || !usesGateway(settings, deployment)) return [];
  if (deployment.model_token !== null) return [];
  const message =
    "Its model key: expected to stay with the model gateway, found it in the assistant, which was brought up before.";
  return [warning(message, "Redeploy it.")];
}

function botIsItsOwn({ deployment: { status, bot_id }, bot }: Picture) {
  const advice = "Stop or delete one of the two, or give it another bot by PATCH.";
  if (status === "active" && bot.alsoDrivenBy !== undefined) {
    const message = `Its Telegram bot ${bot.id}: expected no other reader, found deployment ${bot.alsoDrivenBy}.`;
    return [error(message, advice)];
  }
  if (status !== "active" || bot_id === bot.id) return [];
  const found = bot_id ?? "none";
  return [
    error(`The bot noted for it: expected that of its token, ${bot.id}, found ${found}.`, "Redeploy it."),
  ];
}

function secretsOpen({ unopened }: Picture) {
  const advice = "Restore the file secret-key of the data folder from its backup.";
  return unopened.map((name) =>
    error(
      `Its ${name}: expected to be opened by this data folder's secret-key, found that it isn't.`,
      advice,
    ),
  );
}

function nothingDrifted({ deployment: { status, seen } }: Picture) {
  if (!seen || (status !== "active" && status !== "stopped")) return [];
  const message = `Its drift: expected none, found since ${seen.since} that it is ${seen.state}: ${seen.detail}`;
  if (seen.state === "unknown") return [warning(message, "Start the Docker engine.")];
  return [error(message, REDEPLOY)];
}
