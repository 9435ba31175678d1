// Tries at the start all that has to be written, and names at once what can't be, each with its setting.
import { mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stateFolder } from "../../stacks/pulumi/state-files.ts";
import type { Config } from "./config.ts";

interface Place {
  readonly folder: string | undefined;
  readonly variable: string;
  readonly what: string;
}

/** @throws Error that names each folder that can't be written, with its setting */
export async function assertWritable({ stacks, environment }: Config): Promise<void> {
  const { HOME = "", XDG_CACHE_HOME, PULUMI_HOME } = environment;
  const places: readonly Place[] = [
    { folder: stacks.dataDir, variable: "BERTH_DATA_DIR", what: "the data folder" },
    { folder: stacks.backups.folder, variable: "BERTH_BACKUP_DIR", what: "backups" },
    { folder: stateFolder(stacks.backendUrl), variable: "PULUMI_BACKEND_URL", what: "Pulumi's state" },
    {
      folder: join(XDG_CACHE_HOME || join(HOME, ".cache"), "berth"),
      variable: "XDG_CACHE_HOME",
      what: "what set-up fetches",
    },
    { folder: PULUMI_HOME, variable: "PULUMI_HOME", what: "Pulumi's own files" },
    { folder: tmpdir(), variable: "TMPDIR", what: "temporary files" },
  ];
  const reasons = await Promise.all(places.map(whyNot));
  const found = reasons.filter((reason) => reason !== undefined);
  if (found.length > 0) throw new Error(`Berth did not start, because it can't write:\n${found.join("\n")}`);
}

async function whyNot({ folder, variable, what }: Place): Promise<string | undefined> {
  if (folder === undefined) return undefined;
  const probe = join(folder, `.berth-probe-${process.pid}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(probe, "");
    await rm(probe);
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return `  ${folder} (${what}): ${code ?? message}. Make it writable, or set ${variable} to another folder.`;
  }
}
