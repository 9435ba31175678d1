// The image of Berth itself, without a container registry: a small Debian, Node, the packages by lockfile, Pulumi with its
// plugins, and this clone's sources. All but the sources is a layer of its own, kept until one of them changes.
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { PassThrough } from "node:stream";
import { fileURLToPath } from "node:url";
import type Docker from "dockerode";
import { cached } from "../../toolchain/cache.ts";
import { fetchNode } from "../../toolchain/node.mjs";
import { step, stepWithAdvice } from "../../toolchain/progress.ts";
import { run } from "../../toolchain/run.ts";
import { withSbin } from "../../toolchain/search-path.ts";
import type { Toolchain } from "../../toolchain/setup.ts";
import { unless } from "../client.ts";
import { makeDebianRoot } from "./debian-root.ts";
import { importImage, splitName, writeArchive } from "./import.ts";

const CLONE = fileURLToPath(new URL("../../..", import.meta.url));
const HOME = "opt/berth";
/** iptables for the host rules; tini reaps what a killed pulumi leaves. */
const PACKAGES = ["ca-certificates", "iptables", "tini"];
const SOURCES = ["api", "infra", "stacks", "package.json", "package-lock.json", "Pulumi.yaml", "LICENSE"];
/** What `installDependencies` stands on. */
const INSTALLER = ["dependencies.mjs", "npm.mjs", "lock.mjs", "wanted-environment.mjs"];
const BASE = "berth/base";
const DATA = "/var/lib/berth";
const CHANGES = [
  `ENV BERTH_DATA_DIR=${DATA} XDG_CACHE_HOME=${DATA}/cache NODE_ENV=production`,
  // Otherwise root would try to install an engine where the socket is not mounted.
  "ENV DOCKER_HOST=unix:///var/run/docker.sock PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  `WORKDIR /${HOME}`,
  "USER berth",
  "EXPOSE 8080",
  'ENTRYPOINT ["tini","--"]',
  'CMD ["node","infra/toolchain/bootstrap.mjs","api/main.ts"]',
  "LABEL berth.built=local",
];
const COMMAND = `#!/bin/sh
cd /${HOME} && exec node infra/toolchain/bootstrap.mjs api/berth.ts "$@"
`;

interface BerthImageParts {
  readonly toolchain: Pick<Toolchain, "pulumi" | "plugins" | "cache">;
  /** The folder of the built one, named by its version. */
  readonly dashboard: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** Needs root and apt. @throws SetupError, or Error with the engine's words */
export async function buildBerthImage(docker: Docker, image: string, parts: BerthImageParts): Promise<void> {
  const node = await fetchNode();
  const base = await ensureBase(docker, node, parts);
  await step(`Making the image ${image}`, async (report) => {
    const container = await docker.createContainer({ Image: base, Cmd: ["true"] });
    try {
      const sources = new PassThrough();
      const dashboard = parts.dashboard;
      const what = [
        ...["--owner=0", "--group=0", "--mode=a+rX,go-w", "--exclude=node_modules", "--exclude=.git"],
        `--transform=s,^${basename(dashboard)},built/&,`,
        ...["--directory", CLONE, ...SOURCES, "--directory", dirname(dashboard), basename(dashboard)],
      ];
      const put = container.putArchive(sources, { path: `/${HOME}` });
      await Promise.all([put, writeArchive(what, sources, report).finally(() => sources.end())]);
      const [repo, tag] = splitName(image);
      await container.commit({ repo, tag, changes: CHANGES.join("\n") });
    } finally {
      await container.remove({ force: true });
    }
  });
}

/** The layer below the sources. @returns its name */
async function ensureBase(docker: Docker, node: string, parts: BerthImageParts): Promise<string> {
  const { cache, pulumi, plugins } = parts.toolchain;
  const environment = withSbin(parts.environment);
  const official = plugins.filter(({ origin }) => origin === "official").map(({ path }) => path);
  const depends = [node, pulumi.version, pulumi.origin, official, PACKAGES, COMMAND, CHANGES];
  const hash = createHash("sha256")
    .update(await readFile(join(CLONE, "package-lock.json")))
    .update(await readFile("/etc/os-release"))
    .update(JSON.stringify(depends));
  const image = `${BASE}:${hash.digest("hex").slice(0, 16)}`;
  if (await hasImage(docker, image)) return image;
  const debian = await cached(cache, "berth-root", (folder) => makeDebianRoot(folder, PACKAGES, environment));
  await step(`Making ${image}`, async (report) => {
    const root = await mkdtemp(join(cache, "image-"));
    try {
      await run("cp", ["-a", `${debian}/.`, root]);
      await installPackages(join(root, HOME), node, environment);
      await assemble(root, [node, pulumi.path, ...official]);
      await importImage(docker, image, root, { changes: CHANGES, report });
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });
  await rm(debian, { recursive: true, force: true });
  await removeFormer(docker, image);
  return image;
}

/** Images that were made of them keep what they need. */
async function removeFormer(docker: Docker, image: string): Promise<void> {
  const found = await docker.listImages({ filters: { reference: [`${BASE}:*`] } });
  const names = found.flatMap(({ RepoTags }) => RepoTags ?? []).filter((name) => name !== image);
  for (const name of names) await docker.getImage(name).remove({ noprune: true }).catch(unless(404, 409));
}

async function hasImage(docker: Docker, image: string): Promise<boolean> {
  const found = await docker.listImages({ filters: { reference: [image] } });
  return found.length > 0;
}

/** Those of a server with any target, by lockfile. @throws SetupError */
async function installPackages(folder: string, node: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const advice = "Check that the npm registry can be reached and run this again.";
  await stepWithAdvice("Installing Berth's packages", advice, async (report) => {
    await mkdir(join(folder, "infra/toolchain"), { recursive: true });
    const names = [
      "package.json",
      "package-lock.json",
      ...INSTALLER.map((name) => `infra/toolchain/${name}`),
    ];
    for (const name of names) await cp(join(CLONE, name), join(folder, name));
    const program = `import { installDependencies } from ${JSON.stringify(join(folder, "infra/toolchain/dependencies.mjs"))};
      await installDependencies(["optional"]);`;
    await run(node, ["--input-type=module", "--eval", program], { environment, onLine: report });
  });
}

/** Programs, the user, and the folders that are written. */
async function assemble(root: string, programs: readonly string[]): Promise<void> {
  const script = `set -e
    for program in "$@"; do install -m 755 "$program" "$ROOT/usr/local/bin/"; done
    printf %s "$COMMAND" > "$ROOT/usr/local/bin/berth"
    chmod 755 "$ROOT/usr/local/bin/berth"
    echo "berth:x:1000:1000::${DATA}:/bin/sh" >> "$ROOT/etc/passwd"
    echo "berth:x:1000:" >> "$ROOT/etc/group"
    mkdir -p "$ROOT${DATA}" "$ROOT/${HOME}/node_modules/.cache"
    chown 1000:1000 "$ROOT${DATA}" "$ROOT/${HOME}/node_modules/.cache"
    chmod 700 "$ROOT${DATA}"
    chmod -R a+rX,go-w "$ROOT/${HOME}"
    chmod 755 "$ROOT"`;
  const environment = { PATH: "/usr/bin:/bin", ROOT: root, COMMAND };
  await run("sh", ["-c", script, "sh", ...programs], { environment });
}
