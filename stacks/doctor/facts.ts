// What there is of an installation, for the operator: hosts, room on disks, rules of the host's firewall. What is not as it
// should be is doctor's matter.
import { statfs } from "node:fs/promises";
import type { Host } from "../../infra/found.ts";
import { openTarget } from "../../infra/targets.ts";
import type { Sql } from "../database/database.ts";
import type { HostRulesMode, StackSettings } from "../settings.ts";
import { latestDisk } from "../watch/data-size/totals.ts";
import { watchOf } from "../watch/watchers.ts";

export const DISK_USES = ["data folder", "backups", "assistants' data"] as const;

export interface DiskFacts {
  readonly of: (typeof DISK_USES)[number];
  /** Null where it is not a folder of this machine. */
  readonly path: string | null;
  readonly freeBytes: number;
  readonly sizeBytes: number;
  /** ISO 8601. */
  readonly seenAt: string;
}

export interface HostRulesFacts {
  readonly mode: HostRulesMode;
  /** What is wrong with them; null if they are in place, or somebody else's concern. */
  readonly finding: string | null;
}

/** Of every place that answers now. @returns also the regions that do not; null stands for the only place */
export async function readHosts({ places }: Pick<StackSettings, "places">): Promise<{
  readonly hosts: readonly (Host & { readonly region: string | null })[];
  readonly silent: readonly (string | null)[];
}> {
  const asked = places.map(async (place) => {
    const target = await openTarget(place);
    const hosts = (await target.hosts?.()) ?? [];
    return hosts.map((host) => ({ ...host, region: place.region ?? null }));
  });
  const answers = await Promise.allSettled(asked);
  return {
    hosts: answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : [])),
    silent: places.flatMap(({ region }, at) => (answers[at]?.status === "rejected" ? [region ?? null] : [])),
  };
}

/** Disks that can be looked at now, and that of the assistants' data as it was last measured. */
export async function readDisks(
  sql: Sql,
  { dataDir, backups }: Pick<StackSettings, "dataDir" | "backups">,
): Promise<DiskFacts[]> {
  const folders = [
    { of: "data folder", path: dataDir },
    { of: "backups", path: backups.folder },
  ] as const;
  const read = await Promise.all(folders.map(({ of, path }) => readDisk(of, path)));
  const measured = await latestDisk(sql);
  const ofAssistants: DiskFacts[] = measured
    ? [
        {
          of: "assistants' data",
          path: null,
          freeBytes: measured.freeBytes,
          sizeBytes: measured.diskBytes,
          seenAt: measured.measuredAt,
        },
      ]
    : [];
  return [...read.flat(), ...ofAssistants];
}

/** Undefined on a target whose hosts are not this machine. */
export async function readHostRules({
  target,
  hostRules,
  gatewayPort,
}: Pick<StackSettings, "target" | "hostRules" | "gatewayPort">): Promise<HostRulesFacts | undefined> {
  const { findHostRules } = watchOf(target);
  if (!findHostRules) return undefined;
  const finding = hostRules === "leave" ? undefined : await findHostRules(gatewayPort);
  return { mode: hostRules, finding: finding ?? null };
}

/** None where the folder is not there yet. */
async function readDisk(of: DiskFacts["of"], path: string): Promise<DiskFacts[]> {
  const found = await statfs(path).catch(() => undefined);
  if (!found) return [];
  const { bavail, blocks, bsize } = found;
  const seenAt = new Date().toISOString();
  return [{ of, path, freeBytes: bavail * bsize, sizeBytes: blocks * bsize, seenAt }];
}
