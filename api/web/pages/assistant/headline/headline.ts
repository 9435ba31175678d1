// The one sentence about an assistant, and what helps. Pure: the API's words come first, the page's own only where it has none.
import type { Deployment, DeploymentStatus, Operation } from "../../../api/shapes.ts";
import { plainText } from "../../../parts/plain-text.ts";

export type Help =
  | { readonly kind: "redeploy"; readonly label: string }
  | { readonly kind: "begin-empty"; readonly label: string }
  | { readonly kind: "pay"; readonly label: string }
  | {
      readonly kind: "tab";
      readonly tab: "settings" | "backups" | "usage" | "pairing";
      readonly label: string;
    };

export interface Headline {
  readonly tone: "good" | "info" | "warning" | "bad";
  readonly sentence: string;
  /** Since when it is so; null if that is not known. */
  readonly since: string | null;
  readonly help: readonly Help[];
}

const SETTINGS: Help = { kind: "tab", tab: "settings", label: "Change its settings" };
const BACKUPS: Help = { kind: "tab", tab: "backups", label: "To its backups" };
const LIMITS: Help = { kind: "tab", tab: "usage", label: "To its limits" };
const REDEPLOY: Help = { kind: "redeploy", label: "Redeploy" };
const TRY_AGAIN: Help = { kind: "redeploy", label: "Try again" };

/** What helps against a cause or a warning, by its code; what is not named is tried again. */
const HELPS: Readonly<Record<string, readonly Help[]>> = {
  BOT_REFUSED: [SETTINGS],
  MODEL_KEY_REFUSED: [SETTINGS],
  MODEL_UNKNOWN: [SETTINGS],
  MODEL_UNAVAILABLE: [SETTINGS],
  SECRET_UNREADABLE: [SETTINGS],
  SETTINGS_NOT_TAKEN: [SETTINGS],
  IMAGE_UNAVAILABLE: [TRY_AGAIN, SETTINGS],
  IMAGE_UNFIT: [SETTINGS],
  LIMIT_NEAR: [LIMITS],
  LIMIT_REACHED: [LIMITS],
  DATA_GONE: [BACKUPS, { kind: "begin-empty", label: "Begin with no data" }],
  STATE_NEARLY_FULL: [BACKUPS],
  STATE_FULL: [TRY_AGAIN, BACKUPS],
  RESTORE_INCOMPLETE: [BACKUPS],
  ROLLBACK_FAILED: [BACKUPS],
  TELEGRAM_UNREACHABLE: [],
  GATEWAY_AWAY: [],
  ANSWER_REFUSED: [],
  STACK_RENAMED: [],
  WRONG_PASSPHRASE: [],
};

const RUNNING: Readonly<Record<Operation["kind"], string>> = {
  prepare: "Its network and the place for its data are being made.",
  activate: "It is being brought up for the first time.",
  redeploy: "It is being brought up.",
  patch: "It is taking its changed settings, and answers meanwhile.",
  stop: "It is being stopped. Its data is kept.",
  suspend: "It is being stopped, because its payment has ended. Its data is kept.",
  backup: "It is being backed up. It stands still for as long as that takes.",
  restore: "Its data is being replaced by that of a backup.",
  adopt: "It is being carried to where it is to live, with its data. It stands still meanwhile.",
  delete: "It is being deleted, with its data.",
  crash: "It has ended again and again.",
};

export function isLive(
  operation: Operation | null,
): operation is Operation & { readonly state: "queued" | "running" } {
  return operation?.state === "queued" || operation?.state === "running";
}

export function headlineOf(deployment: Deployment, known: DeploymentStatus | undefined): Headline {
  const operation = known?.operation ?? null;
  // Of a paid slot something may be made ahead: its customer can go on meanwhile.
  if (isLive(operation) && operation.kind !== "prepare") {
    const since = operation.startedAt ?? operation.createdAt;
    return { tone: "info", sentence: RUNNING[operation.kind], since, help: [] };
  }
  if (deployment.unreadableSecrets.length > 0) return unreadable(deployment);
  switch (deployment.status) {
    case "pending_payment":
      return calm("info", "This slot is not paid yet.", deployment.createdAt);
    case "purchased":
      return withFailure(
        // What its preparation could not make, activate makes.
        operation?.kind === "prepare" ? null : operation,
        calm("info", "This slot is paid. Set up the assistant that moves in."),
      );
    case "active":
      return known ? active(known) : calm("good", "It runs.");
    case "stopped":
      return known?.drift
        ? drifted(known.drift)
        : withFailure(operation, calm("info", "It is stopped. Its data is kept.", known?.updatedAt));
    case "suspended":
      return {
        ...calm(
          "warning",
          "Its payment has ended, so it was stopped. Its data is kept for a while.",
          known?.updatedAt,
        ),
        help: [{ kind: "pay", label: "Pay again" }],
      };
    case "failed":
      return withFailure(operation, { ...calm("bad", "It has failed."), help: [TRY_AGAIN] });
    case "deleted":
      return calm("info", "It is deleted, with its data.", known?.updatedAt);
    default:
      return calm("info", "Something is being done to it.", known?.updatedAt);
  }
}

function active(known: DeploymentStatus): Headline {
  const { drift, warning, operation, channel, lastMessageAt } = known;
  if (drift) return drifted(drift);
  if (warning) {
    const { code, message } = warning.cause;
    return {
      tone: "warning",
      sentence: plainText(message),
      since: warning.since,
      help: HELPS[code] ?? [REDEPLOY],
    };
  }
  const normal =
    lastMessageAt !== null
      ? "It runs, and answers on Telegram."
      : channel?.state === "polling"
        ? "It runs, and waits for its first message on Telegram."
        : "It runs.";
  return withFailure(operation, calm("good", normal));
}

function drifted({ expected, seen }: NonNullable<DeploymentStatus["drift"]>): Headline {
  const wanted = expected.status === "active" ? "It should run." : "It should be stopped.";
  const label = expected.status === "active" ? "Bring it back" : "Start";
  const help: readonly Help[] = seen.state === "unknown" ? [] : [{ kind: "redeploy", label }];
  return { tone: "warning", sentence: `${wanted} ${plainText(seen.detail)}`, since: seen.since, help };
}

/** What failed last is said until something succeeds. */
function withFailure(operation: Operation | null, otherwise: Headline): Headline {
  if (operation?.state !== "failed") return otherwise;
  const { code, message } = operation.error ?? { code: "", message: "Its last operation has failed." };
  const isDown = otherwise.tone === "bad";
  const again = isDown || operation.kind === "redeploy" ? [TRY_AGAIN] : [];
  return {
    tone: isDown ? "bad" : "warning",
    sentence: plainText(message),
    since: operation.finishedAt,
    help: HELPS[code] ?? again,
  };
}

function unreadable({ unreadableSecrets }: Deployment): Headline {
  const names = unreadableSecrets.map((one) => (one === "modelApiKey" ? "model key" : "bot token"));
  const sentence = `Its stored ${names.join(" and its ")} can't be read. Enter ${names.length > 1 ? "them" : "it"} again.`;
  return { ...calm("warning", sentence), help: [SETTINGS] };
}

function calm(tone: Headline["tone"], sentence: string, since: string | null = null): Headline {
  return { tone, sentence, since, help: [] };
}
