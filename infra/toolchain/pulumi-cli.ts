// The Pulumi CLI: one on PATH that is new enough; else Pulumi's own download; else built from its Go module.
import { join, sep } from "node:path";
import semver from "semver";
import { buildPulumi } from "./build-pulumi.ts";
import { cached, exists } from "./cache.ts";
import { say, step } from "./progress.ts";
import { canDownload, giveUpForToday } from "./pulumi-site.ts";
import { run } from "./run.ts";
import { allOnPath } from "./search-path.ts";
import { PULUMI_VERSION } from "./versions.ts";

const DOWNLOAD_TIMEOUT_MS = 600_000;
const VERSION_TIMEOUT_MS = 20_000;

export interface PulumiCli {
  readonly path: string;
  readonly version: string;
  readonly origin: "path" | "download" | "built";
}

/** @throws SetupError when none of the three ways works here. */
export async function ensurePulumi(cache: string, environment: NodeJS.ProcessEnv): Promise<PulumiCli> {
  const onPath = await findOnPath(cache, environment);
  if (onPath) return onPath;
  const version = PULUMI_VERSION;
  const official = join(cache, `pulumi-${version}-official`, "bin", "pulumi");
  const hasOfficial = (await exists(official)) || ((await canDownload(cache)) && (await download(cache)));
  if (hasOfficial) return { path: official, version, origin: "download" };
  const built = await cached(cache, `pulumi-${version}-built`, (folder) =>
    buildPulumi(version, folder, environment),
  );
  return { path: join(built, "pulumi"), version, origin: "built" };
}

/** Those of Berth's own cache are no answer: which of them to take is decided again. */
async function findOnPath(cache: string, environment: NodeJS.ProcessEnv): Promise<PulumiCli | undefined> {
  for (const path of await allOnPath("pulumi", environment)) {
    if (path.startsWith(cache + sep)) continue;
    const version = await versionOf(path, environment);
    if (version && semver.gte(version, PULUMI_VERSION)) return { path, version, origin: "path" };
    say(`${path} is ${version ? `version ${version}, ` : ""}not ${PULUMI_VERSION} or newer: left alone`);
  }
  return undefined;
}

async function versionOf(path: string, inherited: NodeJS.ProcessEnv): Promise<string | undefined> {
  const environment = { ...inherited, PULUMI_SKIP_UPDATE_CHECK: "1" };
  const answer = await run(path, ["version"], { environment, timeoutMs: VERSION_TIMEOUT_MS }).catch(() => "");
  return semver.valid(answer.trim().replace(/^v/, "")) ?? undefined;
}

/** Brings the language hosts along. Whether it worked; if not, a build may. */
async function download(cache: string): Promise<boolean> {
  const version = new semver.SemVer(PULUMI_VERSION);
  return step(`Downloading Pulumi ${PULUMI_VERSION}`, async () => {
    const { PulumiCommand } = await import("@pulumi/pulumi/automation/index.js");
    await cached(cache, `pulumi-${PULUMI_VERSION}-official`, async (root) => {
      await Promise.race([PulumiCommand.install({ root, version }), tooLate()]);
    });
    return true;
  }).catch(async (error: Error) => {
    say(`Pulumi's download failed: ${error.message}`);
    await giveUpForToday(cache);
    return false;
  });
}

async function tooLate(): Promise<never> {
  return new Promise((_, reject) => {
    const late = () => reject(new Error(`it was not done after ${DOWNLOAD_TIMEOUT_MS / 1000} s.`));
    setTimeout(late, DOWNLOAD_TIMEOUT_MS).unref();
  });
}
