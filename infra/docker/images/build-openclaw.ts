// The OpenClaw image from the same release on npm: a small root of this machine's Debian release, Node 24, and
// the npm package as /app. It behaves as the official one does, and carries the label berth.built=local.
import { cp, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type Docker from "dockerode";
import { OPENCLAW_VERSION } from "../../assistant/openclaw.ts";
import { counted } from "../../sentences.ts";
import { cached } from "../../toolchain/cache.ts";
import { fetchNode } from "../../toolchain/node.mjs";
import { step, stepWithAdvice } from "../../toolchain/progress.ts";
import { run } from "../../toolchain/run.ts";
import { withSbin } from "../../toolchain/search-path.ts";
import { makeDebianRoot } from "./debian-root.ts";
import { importImage, splitName } from "./import.ts";

/** What it depends on, by a lockfile of Berth's: npm would take newer ones each time. */
const LOCKED = fileURLToPath(new URL("openclaw", import.meta.url));
const CHANGES = [
  "ENV HOME=/home/node NODE_ENV=production PATH=/usr/local/bin:/usr/bin:/bin",
  "WORKDIR /app",
  "USER node",
  "EXPOSE 18789",
  'CMD ["node","openclaw.mjs","gateway"]',
  "LABEL berth.built=local",
];

/** Needs root and apt. Its two halves are kept until the image is made. @throws SetupError */
export async function buildOpenclawImage(
  docker: Docker,
  image: string,
  cache: string,
  inherited: NodeJS.ProcessEnv,
): Promise<void> {
  const environment = withSbin(inherited);
  const base = await cached(cache, "debian-root", (folder) =>
    makeDebianRoot(folder, ["ca-certificates", "git"], environment),
  );
  const app = await cached(cache, `openclaw-${OPENCLAW_VERSION}`, (folder) =>
    installOpenclaw(folder, environment),
  );
  await step(`Making the image ${image}`, async (report) => {
    const root = await mkdtemp(join(cache, "image-"));
    try {
      await assemble(root, base, app);
      const unfinished = `berth/unfinished:${OPENCLAW_VERSION}`;
      await importImage(docker, unfinished, root, { changes: CHANGES, report });
      await finishInside(docker, unfinished, image);
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });
  for (const half of [base, app]) await rm(half, { recursive: true, force: true });
}

/** Installs the release from npm into a folder, each package by its checksum; nothing of it is run. @throws SetupError */
export async function installOpenclaw(folder: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const what = `Installing openclaw ${OPENCLAW_VERSION} from npm`;
  await stepWithAdvice(
    what,
    "Check that the npm registry can be reached and run this again.",
    async (report) => {
      await cp(LOCKED, folder, { recursive: true });
      const flags = ["--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=http"];
      let answers = 0;
      const onLine = () => report(`${counted(++answers, "answer")} from the registry`);
      await run("npm", ["ci", ...flags], { cwd: folder, environment, onLine });
    },
  );
}

/** /app is the package's folder, as in the official image; its dependencies lie where Node looks for them. */
async function assemble(root: string, base: string, app: string): Promise<void> {
  await run("cp", ["-a", `${base}/.`, root]);
  const script = `set -e
    install -m 755 "$NODE" "$ROOT/usr/local/bin/node"
    cp -a "$MODULES/openclaw" "$ROOT/app"
    mkdir -p "$ROOT/app/node_modules"
    cd "$MODULES"
    for name in * .bin; do
      [ "$name" = openclaw ] || [ -e "$ROOT/app/node_modules/$name" ] || cp -a "$name" "$ROOT/app/node_modules/"
    done
    ln -s /app/openclaw.mjs "$ROOT/usr/local/bin/openclaw"
    echo "node:x:1000:1000::/home/node:/bin/bash" >> "$ROOT/etc/passwd"
    echo "node:x:1000:" >> "$ROOT/etc/group"
    mkdir -p "$ROOT/home/node/.openclaw" "$ROOT/home/node/.config/openclaw" "$ROOT/home/node/.cache"
    chown -R 1000:1000 "$ROOT/home/node"
    chmod 755 "$ROOT"`;
  const places = { ROOT: root, MODULES: join(app, "node_modules"), NODE: await fetchNode() };
  await run("sh", ["-c", script], { environment: { PATH: "/usr/bin:/bin", ...places } });
}

/** Its first run finishes the installation inside its own folder, which is read-only later: in a container, and offline. */
async function finishInside(docker: Docker, unfinished: string, image: string): Promise<void> {
  const container = await docker.createContainer({
    Image: unfinished,
    User: "0",
    Env: ["HOME=/tmp"],
    Cmd: ["node", "openclaw.mjs", "--version"],
    HostConfig: { NetworkMode: "none", CapDrop: ["ALL"], SecurityOpt: ["no-new-privileges"] },
  });
  try {
    await container.start();
    const { StatusCode: code } = await container.wait();
    if (code !== 0) throw new Error(`OpenClaw's first run ended with ${code}.`);
    const [repo, tag] = splitName(image);
    await container.commit({ repo, tag, changes: CHANGES.join("\n") });
  } finally {
    await container.remove({ force: true });
    await docker.getImage(unfinished).remove();
  }
}
