// The data folder that the version before the move of rooms has made, as test/fixtures/data-folder-before-rooms.tar.br holds
// it: what that version had left in Docker is not in it, so this makes Docker's objects again, as they were described.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";
import { PGlite } from "@electric-sql/pglite";
import type Docker from "dockerode";
import { resourceName } from "../../infra/args.ts";
import { DEPLOYMENT_LABEL } from "../../infra/docker/names.ts";
import { fillVolume } from "../../infra/docker/volume.ts";
import { docker } from "./docker.ts";

export const ARCHIVE = fileURLToPath(new URL("../fixtures/data-folder-before-rooms.tar.br", import.meta.url));
/** Of the ports and subnets in it. */
export const SLICE = 84;
/** Where its callbacks go to. */
export const CALLBACK_PORT = 31_000 + SLICE * 16 + 15;
/** What the assistants' data hold in `note`, the active one's until it was backed up. */
export const NOTES = { active: "of the active one\n", stopped: "of the stopped one\n" };
export const NOTE_AFTER_BACKUP = "after the backup\n";
/** Beside the data folder in the archive. */
export const DESCRIPTION = "left.json";
const DATABASE = "database";

export type Role = "active" | "stopped" | "failed";

/** What the version before has left, and what is needed to find it again. */
export interface Left {
  readonly ids: Readonly<Record<Role, string>>;
  readonly backupId: string;
  readonly callbackSecret: string;
  /** A key of the account `acme`. */
  readonly apiKey: string;
  /** The data folder's path, and the images by their names and ids, as they were then. */
  readonly dataDir: string;
  readonly images: Readonly<Record<"healthy" | "crashing", { readonly name: string; readonly id: string }>>;
  readonly containers: readonly Pick<Docker.ContainerInspectInfo, "Id" | "Name" | "Config" | "HostConfig">[];
  readonly networks: readonly Docker.NetworkInspectInfo[];
}

/** @returns the path of the data folder, and what stands beside it */
export function unpack(folder: string): { readonly dataDir: string; readonly left: Left } {
  const input = brotliDecompressSync(readFileSync(ARCHIVE));
  execFileSync("tar", ["--extract", "--directory", folder], { input });
  const left = JSON.parse(readFileSync(join(folder, DESCRIPTION), "utf8")) as Left;
  return { dataDir: join(folder, "data"), left };
}

/**
 * Makes networks, volumes with their content, and containers, and writes the new ids over the old ones: in Pulumi's files,
 * as text, and in the database. So do the folder's path and the images' names and ids, which differ between machines.
 * @param images names of those that take the places of the ones before
 */
export async function goOnAs(
  folder: string,
  left: Left,
  images: Readonly<Record<keyof Left["images"], string>>,
): Promise<void> {
  const dataDir = join(folder, "data");
  const renamed = new Map([[left.dataDir, dataDir]]);
  for (const [role, { name, id }] of Object.entries(left.images)) {
    const image = images[role as keyof Left["images"]];
    renamed.set(name, image).set(id, (await docker.getImage(image).inspect()).Id);
  }
  const now = <T>(before: T): T => JSON.parse(replaceAll(JSON.stringify(before), renamed)) as T;
  for (const id of Object.values(left.ids)) {
    const archive = readFileSync(join(folder, "volumes", `${id}.tar`));
    const Name = resourceName(id);
    await docker.createVolume({ Name, Labels: { [DEPLOYMENT_LABEL]: id } });
    const state = { deploymentId: id, image: images.healthy };
    await fillVolume(state, Name, [archive], new AbortController().signal);
  }
  for (const network of left.networks) renamed.set(network.Id, await makeNetwork(network));
  for (const container of left.containers) renamed.set(container.Id, await startContainer(now(container)));
  for (const part of ["state", "stacks"]) rewriteFiles(join(dataDir, part), renamed);
  await rewriteDatabase(join(dataDir, DATABASE), renamed);
}

async function makeNetwork({
  Name,
  Driver,
  IPAM,
  Options,
  Labels,
}: Docker.NetworkInspectInfo): Promise<string> {
  const made = await docker.createNetwork({
    Name,
    Driver,
    IPAM,
    Options,
    Labels,
  } as Docker.NetworkCreateOptions);
  return made.id;
}

/** Container and network have one name. */
async function startContainer({ Name, Config, HostConfig }: Left["containers"][number]): Promise<string> {
  const name = Name.slice(1);
  const container = await docker.createContainer({
    name,
    ...Config,
    HostConfig,
    NetworkingConfig: { EndpointsConfig: { [name]: {} } },
  });
  await container.start();
  return container.id;
}

function rewriteFiles(folder: string, renamed: ReadonlyMap<string, string>): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const text = readFileSync(file, "utf8");
    const rewritten = replaceAll(text, renamed);
    if (rewritten !== text) writeFileSync(file, rewritten);
  }
}

async function rewriteDatabase(folder: string, renamed: ReadonlyMap<string, string>): Promise<void> {
  const database = await PGlite.create(folder);
  try {
    const { rows } = await database.query<{ table: string; column: string; type: string }>(
      `select c.table_name as table, c.column_name as column, c.data_type as type
       from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
       where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.data_type in ('text', 'json', 'jsonb')`,
    );
    for (const { table, column, type } of rows)
      for (const [before, after] of renamed)
        await database.query(
          `update "${table}" set "${column}" = replace("${column}"::text, $1, $2)::${type}
           where position($1 in "${column}"::text) > 0`,
          [before, after],
        );
  } finally {
    await database.close();
  }
}

function replaceAll(text: string, renamed: ReadonlyMap<string, string>): string {
  return [...renamed].reduce((changed, [before, after]) => changed.replaceAll(before, after), text);
}
