// Error texts of Pulumi and Docker, and what each means for the customer. error-texts.ts reads by them.
import { NO_ROOM } from "../../infra/target.ts";
import {
  BACKUP_GONE,
  DISK_FULL,
  ENGINE_UNAVAILABLE,
  HOST_PORT_TAKEN,
  IMAGE_ACCESS_REFUSED,
  IMAGE_UNAVAILABLE,
  NOT_READY,
  RESTORE_INCOMPLETE,
  SETTINGS_NOT_TAKEN,
  SETTINGS_REFUSED,
  STACK_LOCKED,
  STATE_DAMAGED,
  SUBNET_TAKEN,
  WRONG_PASSPHRASE,
} from "../causes.ts";

export const FAILED = "OPERATION_FAILED";
export const CRASHED = "CRASHED";
export const PASSPHRASE_REFUSED = /incorrect passphrase|passphrase must be set/i;

export const STATE_UNREADABLE =
  "The stack's state can't be read, and there is no whole copy of it. The assistant's data is kept; try again when the operator has restored the state from a backup.";

export interface Known {
  readonly pattern: RegExp;
  readonly code: string;
  readonly sentence: string;
}

/** Causes of which a target's own texts say more than those that follow. */
export const BEFORE_TARGETS: readonly Known[] = [
  {
    pattern: /^The data is neither the backup's nor what it was/,
    code: RESTORE_INCOMPLETE,
    sentence:
      "The assistant's data is incomplete. Restore the backup that was made of it before, or another one, when the operator has made room.",
  },
  {
    pattern: /The running assistant refuses its new settings\./,
    code: SETTINGS_NOT_TAKEN,
    sentence:
      "The assistant does not take the change, and goes on as before: the old settings are in force. Correct what its own openclaw.json has beside Berth's keys, then PATCH again.",
  },
  {
    // Ahead of all that could match a name in the data.
    pattern: /^The data can't be backed up: /,
    code: "BACKUP_REFUSED",
    sentence: "Nothing was written and nothing was changed; put right what is named here, then try again.",
  },
  {
    pattern: /port is already allocated|address already in use/i,
    code: HOST_PORT_TAKEN,
    sentence:
      "The assistant's port on the host is used by another program. Its data is kept; redeploy when the port is free.",
  },
  {
    pattern: /can't be pulled: (?!.*does not exist).*(unauthorized|no basic auth credentials|\bdenied: )/i,
    code: IMAGE_ACCESS_REFUSED,
    sentence:
      "The image's registry refuses Berth's login, or wants one. The assistant's data is kept; redeploy when the operator has logged in there.",
  },
  {
    pattern:
      /not allowed here any more|no such image|unable to find image|pull access denied|manifest unknown|repository .* not found/i,
    code: IMAGE_UNAVAILABLE,
    sentence:
      "The assistant's image can't be had. Its data is kept; redeploy when the operator has made the image available.",
  },
];

export const AFTER_TARGETS: readonly Known[] = [
  {
    pattern: /did not become ready within/i,
    code: NOT_READY,
    sentence:
      "The assistant started but did not become ready in time. Its data is kept; check its settings, then redeploy.",
  },
  {
    pattern: /answers, but not as an assistant must/i,
    code: "IMAGE_UNFIT",
    sentence:
      "The image is not one of an assistant: it must answer GET /startupz with JSON, as OpenClaw does since 2026.8.1. The data is kept; redeploy when the operator has set another image.",
  },
  {
    pattern: /container keeps ending/i,
    code: CRASHED,
    sentence:
      "The assistant ended again and again while starting. Its data is kept; check its settings, then redeploy.",
  },
  {
    // "database not open" is what dockerd answers while it ends.
    pattern:
      /cannot connect to the docker daemon|error during connect|connect (ECONNREFUSED|ENOENT) \S*docker|(docker|container) engine is not reachable|database not open/i,
    code: ENGINE_UNAVAILABLE,
    sentence: "The container engine is away. Nothing was lost; redeploy, or delete again, when it is back.",
  },
  {
    pattern:
      /pool overlaps|non-overlapping|all predefined address pools|networks have (overlapping|same bridge)/i,
    code: SUBNET_TAKEN,
    sentence:
      "The assistant's subnet is used by another network of the host, and no other one is free. The operator has to free some, or move BERTH_SUBNET_POOL; then redeploy.",
  },
  {
    pattern: /volume is in use - \[|has active endpoints/i,
    code: FAILED,
    sentence:
      "Something that is not Berth's uses the assistant's volume or network. What exists was kept; try again when the operator has removed the container that is named here.",
  },
  {
    pattern: PASSPHRASE_REFUSED,
    code: WRONG_PASSPHRASE,
    sentence:
      "The installation's Pulumi passphrase does not open this stack. Try again when the operator has restored it.",
  },
  {
    pattern: /^A stored secret can't be opened/,
    code: "SECRET_UNREADABLE",
    sentence:
      "A stored secret of the assistant can't be read. Send again by PATCH what `unreadableSecrets` of GET /:id names, then try again; or try again when the operator has restored the key.",
  },
  {
    pattern: /no space left on device/i,
    code: DISK_FULL,
    sentence:
      "The host's disk is full. The assistant's data is kept; try again when the operator has made room.",
  },
  {
    pattern: /^The backup could not be put in place/,
    code: "RESTORE_FAILED",
    sentence:
      "The backup was not restored: it could not be put whole beside the data. The data is kept as it was; try again, or choose another backup.",
  },
  {
    pattern: /^The backup is damaged/,
    code: "BACKUP_DAMAGED",
    sentence: "The backup can't be restored. Nothing was changed; choose another one.",
  },
  {
    pattern: /^The backup is gone/,
    code: BACKUP_GONE,
    sentence:
      "The backup can't be restored: there is none any more. The data is kept as it is; choose another one.",
  },
  {
    pattern: /the limit of backups/,
    code: "BACKUP_TOO_LARGE",
    sentence: "Nothing was written and nothing was changed; ask the operator to raise BERTH_BACKUP_MAX_MIB.",
  },
  {
    pattern: /failed to load checkpoint|unexpected end of JSON/i,
    code: STATE_DAMAGED,
    sentence: STATE_UNREADABLE,
  },
  {
    pattern: /currently locked by/i,
    code: STACK_LOCKED,
    sentence: "Another process is working on this stack. Try again when it has finished.",
  },
];

/**
 * What Berth says of the end of a container that ended again and again, as the engine has it: never the container's own words.
 * OpenClaw ends with 78 when it refuses its settings.
 */
export const CRASH_FACTS: readonly Known[] = [
  {
    pattern: new RegExp(`\\d MiB ${NO_ROOM}`),
    code: DISK_FULL,
    sentence:
      "The assistant has no room left for its data, and ends again and again. What it has is kept; redeploy when the operator has made room.",
  },
  {
    pattern: /\bexit code 78\b/,
    code: SETTINGS_REFUSED,
    sentence:
      "The assistant refuses its own openclaw.json, and ends again and again. Its data is kept; redeploy: it then starts with the last settings that it has accepted, and the refused file is kept beside them.",
  },
];
