// Looks at what belongs to no deployment that is there. Whatever is named by one that was deleted before the look began
// is a leftover.
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { sql as raw } from "kysely";
import { isUuid, UUID_FORM } from "../../infra/args.ts";
import { msSince } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import { unneededImages } from "../deployments/pulled-images.ts";
import { KEY_FILES } from "../keys/key-files.ts";
import { readStateText, stackNames, stateFolder } from "../pulumi/state-files.ts";
import { latestDisk } from "../watch/data-size/totals.ts";
import { applyChecks } from "./check.ts";
import { combined, type Examination } from "./examine.ts";
import { fileMode } from "./file-mode.ts";
import { INSTALLATION_CHECKS, type InstallationPicture } from "./installation-checks.ts";
import type { DoctorParts } from "./parts.ts";
import type { Stock, Stray } from "./target-audit.ts";

/** A file is being written for so long at most. */
const WRITTEN_WITHIN_MS = 60_000;
/** The name of a part of a deployment. */
const PART = new RegExp(`berth-(${UUID_FORM})`, "g");

export async function lookAtInstallation(
  parts: DoctorParts,
  stock: Stock | undefined,
  startedAt: Date,
): Promise<Examination> {
  const { sql, settings, rehearsal } = parts;
  const { dataDir, backendUrl } = settings;
  const folder = stateFolder(backendUrl);
  const [secrets, stacks, states] = await Promise.all([
    readdir(join(dataDir, "secrets")).catch(() => []),
    readdir(join(dataDir, "stacks")).catch(() => []),
    folder ? stackNames(folder) : [],
  ]);
  const held = [...(stock?.labelled.keys() ?? [])];
  const isThere = await presence(sql, [...secrets.map(idOf), ...stacks, ...held], startedAt);
  const picture: InstallationPicture = {
    dataDir,
    rehearsal: rehearsal.problem,
    folder: await fileMode(dataDir),
    keyFiles: await Promise.all(
      KEY_FILES.map(async (name) => {
        const path = join(dataDir, name);
        return { path, mode: await fileMode(path) };
      }),
    ),
    strayedSecrets: await strayedSecrets(join(dataDir, "secrets"), secrets, isThere),
    strayedFolders: stacks.filter((id) => isThere(id) !== "there").map((id) => join(dataDir, "stacks", id)),
    strayedStacks: folder ? await strayedStacks(sql, folder, states, startedAt) : [],
    unneededImages: await unneededImages(sql),
    disk: await latestDisk(sql),
  };
  const unchecked = folder ? [] : ["stacks of the backend without a record: it is no folder"];
  const results = [
    applyChecks(INSTALLATION_CHECKS, picture),
    ...(stock ? [await stock.examine(strays(stock.labelled, isThere))] : []),
  ];
  return { deploymentId: null, account: null, ...combined(results, unchecked) };
}

/** Stacks of no deployment that is there, whatever their names. */
async function strayedStacks(
  sql: Sql,
  folder: string,
  names: readonly string[],
  startedAt: Date,
): Promise<Stray[]> {
  const isThere = await presence(sql, names, startedAt);
  const strayed = names.filter((name) => isThere(name) !== "there");
  const named = new Map<string, readonly string[]>();
  for (const name of strayed) {
    const state = (await readStateText(folder, name).catch(() => "")) ?? "";
    const ids = [...state.matchAll(PART)].map(([, id = ""]) => id);
    named.set(name, [...new Set(ids)]);
  }
  const isNamedThere = await presence(sql, [...named.values()].flat(), startedAt);
  return strays(new Map(strayed.map((name) => [name, []])), isThere).map((stray) => {
    const deploymentId = named.get(stray.deploymentId)?.find((id) => isNamedThere(id) === "there");
    if (deploymentId === undefined) return stray;
    return { ...stray, names: { deploymentId, isRenamed: !names.includes(deploymentId) } };
  });
}

type Presence = (id: string) => "there" | Stray["was"];

/** What has become of deployments with those names, which need not be any. */
async function presence(sql: Sql, names: readonly string[], startedAt: Date): Promise<Presence> {
  const ids = [...new Set(names.filter((name) => isUuid(name)))];
  const rows =
    ids.length > 0
      ? await sql
          .selectFrom("deployments")
          .select(["id", "status", "updated_at"])
          // As one parameter: a statement takes 65,535.
          .where("id", "=", raw<string>`any(${ids}::uuid[])`)
          .execute()
      : [];
  const byId = new Map(rows.map((row) => [row.id, row]));
  return (id) => {
    const row = byId.get(id);
    if (!row) return "unknown";
    return row.status === "deleted" && row.updated_at < startedAt ? "deleted" : "there";
  };
}

function strays(found: ReadonlyMap<string, readonly string[]>, isThere: Presence): Stray[] {
  return [...found].flatMap(([deploymentId, what]) => {
    const was = isThere(deploymentId);
    return was === "there" ? [] : [{ deploymentId, was, what }];
  });
}

/** Of no deployment that is there, or cut off while it was written. */
async function strayedSecrets(
  folder: string,
  names: readonly string[],
  isThere: Presence,
): Promise<string[]> {
  const paths = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const written = await stat(path).catch(() => undefined);
      const isOld = written !== undefined && msSince(written.mtime) > WRITTEN_WITHIN_MS;
      return isThere(idOf(name)) !== "there" || (isOld && name !== `${idOf(name)}.json`) ? [path] : [];
    }),
  );
  return paths.flat();
}

/** `<id>.json`, or `<id>.json.<pid>.tmp` while it is written. */
function idOf(file: string): string {
  return file.split(".")[0] ?? "";
}
