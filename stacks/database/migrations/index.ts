// Every migration in order. One that has been released is never edited: a change is a new one.
import type { Migration } from "kysely/migration";
import { initial } from "./0001-initial.ts";
import { attemptsAndDrift } from "./0002-attempts-and-drift.ts";
import { accounts } from "./0003-accounts.ts";
import { idempotency } from "./0004-idempotency.ts";
import { payments } from "./0005-payments.ts";
import { callbacks } from "./0006-callbacks.ts";
import { assistants } from "./0007-assistants.ts";
import { backups } from "./0008-backups.ts";
import { images } from "./0009-images.ts";
import { modelChecks } from "./0011-model-checks.ts";
import { regions } from "./0012-regions.ts";
import { stateUse } from "./0013-state-use.ts";
import { provenBots } from "./0014-proven-bots.ts";
import { conversations } from "./0015-conversations.ts";
import { traces } from "./0016-traces.ts";
import { beginEmpty } from "./0020-begin-empty.ts";
import { dataVolume } from "./0021-data-volume.ts";
import { turns } from "./0022-turns.ts";
import { remarks } from "./0023-remarks.ts";
import { pulledImages } from "./0024-pulled-images.ts";
import { modelUsage } from "./0026-model-usage.ts";
import { modelServers } from "./0027-model-servers.ts";
import { fallbackModels } from "./0028-fallback-models.ts";
import { sessions } from "./0029-sessions.ts";
import { lists } from "./0030-lists.ts";
import { preboot } from "./0031-preboot.ts";
import { atScale } from "./0032-at-scale.ts";
import { announced } from "./0033-announced.ts";
import { rehearsals } from "./0034-rehearsals.ts";
import { moves } from "./0035-moves.ts";
import { samples } from "./0036-samples.ts";
import { lostHosts } from "./0037-lost-hosts.ts";

export const MIGRATIONS: Record<string, Migration> = {
  "0001-initial": initial,
  "0002-attempts-and-drift": attemptsAndDrift,
  "0003-accounts": accounts,
  "0004-idempotency": idempotency,
  "0005-payments": payments,
  "0006-callbacks": callbacks,
  "0007-assistants": assistants,
  "0008-backups": backups,
  "0009-images": images,
  // No version had a 0010. Databases record these names, so the later ones keep theirs.
  "0011-model-checks": modelChecks,
  "0012-regions": regions,
  "0013-state-use": stateUse,
  "0014-proven-bots": provenBots,
  "0015-conversations": conversations,
  "0016-traces": traces,
  "0020-begin-empty": beginEmpty,
  "0021-data-volume": dataVolume,
  "0022-turns": turns,
  "0023-remarks": remarks,
  "0024-pulled-images": pulledImages,
  "0026-model-usage": modelUsage,
  "0027-model-servers": modelServers,
  "0028-fallback-models": fallbackModels,
  "0029-sessions": sessions,
  "0030-lists": lists,
  "0031-preboot": preboot,
  "0032-at-scale": atScale,
  "0033-announced": announced,
  "0034-rehearsals": rehearsals,
  "0035-moves": moves,
  "0036-samples": samples,
  "0037-lost-hosts": lostHosts,
};
