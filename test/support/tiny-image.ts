// Tiny images that honour the assistant contract, from busybox alone: built once per engine, in a second.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  accessSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const BUSYBOX_IMAGE = "busybox:1.37.0-musl";
const APPLETS = [
  "sh",
  "httpd",
  "cat",
  "echo",
  "ls",
  "sleep",
  "printf",
  "wget",
  "touch",
  "mv",
  "rm",
  "nc",
  "du",
  "df",
  "find",
  "wc",
  "chown",
  "chmod",
  "ln",
  "tar",
];

export interface TinyImages {
  readonly healthy: string;
  /** Answers, but never says that it has started. */
  readonly unhealthy: string;
  /** Ends at once, after a line that is too long for some readers and one that would mean something if Pulumi said it. */
  readonly crashing: string;
  /** Healthy until its data has a file `crash` that isn't empty: then it tells its secrets and ends at once. */
  readonly fragile: string;
  /** Ends as OpenClaw 2026.9.6 was seen to when its settings hold `flux`; keeps those that it takes as OpenClaw does. */
  readonly picky: string;
  /** Takes settings while it runs, as OpenClaw does with Berth's plugin, but none that hold `refused`. */
  readonly rereading: string;
  /** As `rereading`, and says that it reads its bot's messages once it has a bot; not with settings that hold `silent`. */
  readonly polling: string;
  /** Keeps compiled code as OpenClaw does: where it may write, written when it is stopped. */
  readonly caching: string;
  /** As far as its command tells it is OpenClaw; it ends at once. */
  readonly stillborn: string;
  /** Serves pages, and none of an assistant's. */
  readonly webserver: string;
  /** Healthy, of a later version: it writes that into its data. */
  readonly newer: string;
  /** Writes over all of its data, and then never says that it has started. */
  readonly eating: string;
  /** Migrates its data, and ends. */
  readonly migrating: string;
  /** Can't even be started. */
  readonly broken: string;
}

export const TINY_COMMANDS: Readonly<Record<keyof TinyImages, string[]>> = {
  healthy: ["/bin/httpd", "-f", "-p", "18789", "-h", "/www/started"],
  unhealthy: ["/bin/httpd", "-f", "-p", "18789", "-h", "/www/starting"],
  crashing: [
    "/bin/sh",
    "-c",
    "printf '%070000d\\n' 0 >&2; echo crashing on purpose: read: connection reset by peer >&2; exit 1",
  ],
  fragile: [
    "/bin/sh",
    "-c",
    "cd .openclaw; [ -s crash ] && cat /run/berth/*.json crash >&2 && exit 3; exec httpd -f -p 18789 -h /www/started",
  ],
  picky: [
    "/bin/sh",
    "-c",
    `cd .openclaw; case "$(cat openclaw.json)" in *flux*)
      echo 'T Gateway failed to start: Invalid config at /home/node/.openclaw/openclaw.json:' >&2
      echo '<root>: Unrecognized key: "flux"' >&2
      exit 78;;
    esac; cat openclaw.json > openclaw.json.last-good; exec httpd -f -p 18789 -h /www/started`,
  ],
  rereading: ["/bin/sh", "-c", "while :; do nc -l -p 18789 -e /bin/rereading; done"],
  polling: ["/bin/sh", "-c", "while :; do nc -l -p 18789 -e /bin/polling; done"],
  caching: [
    "/bin/sh",
    "-c",
    `trap 'echo code 2> /dev/null > "$NODE_COMPILE_CACHE/code"; exit 0' TERM
    httpd -f -p 18789 -h /www/started & wait`,
    "openclaw.mjs",
  ],
  stillborn: ["/bin/sh", "-c", "exit 3", "openclaw.mjs"],
  webserver: ["/bin/httpd", "-f", "-p", "18789", "-h", "/www"],
  newer: ["/bin/sh", "-c", "echo 2 > .openclaw/schema; exec httpd -f -p 18789 -h /www/started"],
  eating: [
    "/bin/sh",
    "-c",
    "cd .openclaw; for file in *; do echo eaten > $file; done; exec httpd -f -p 18789 -h /www/starting",
  ],
  broken: ["/bin/not-there"],
  migrating: ["/bin/sh", "-c", "echo 3 > .openclaw/schema; echo can not go on >&2; exit 1"],
};
/** Asks whether the assistant has started, as the program that Berth has `node -e` run. */
const NODE_STUB = `#!/bin/sh
[ "$1" = -e ] && exec wget -q -O /dev/null http://127.0.0.1:18789/startupz
exit 2
`;
/** Answers one request: whether the assistant has started, and whether its settings are in force. */
const REREADING = `#!/bin/sh
read -r method path version
while read -r header && [ \${#header} -gt 1 ]; do :; done
status=200
case "$path" in
  /startupz) body='{"ok":true,"status":"started"}' ;;
  /berth/settings)
    settings="$(cat /home/node/.openclaw/openclaw.json)"
    path="\${settings#*/run/berth/}"
    case "$settings" in
      *refused*) state='"isValid":false,"problems":["agents: refused on purpose"],"isInForce":false' ;;
      *) state='"isValid":true,"problems":[],"isInForce":true' ;;
    esac
    body="{$state,\\"revision\\":\\"\${path%%.json*}\\"}" ;;
  /berth/status)
    case "$POLLS$(cat /home/node/.openclaw/openclaw.json)" in
      yes*silent*) connected=false ;;
      yes*telegram*) connected=true ;;
      yes*) connected=false ;;
      *) status=404 ;;
    esac
    body="{\\"isConnected\\":$connected,\\"hasFailed\\":false,\\"hasGivenUp\\":false,\\"isContested\\":false}"
    body="\\"waitingSince\\":null,\\"failure\\":null,\\"channel\\":$body"
    body="{\\"lastMessageAt\\":null,\\"lastAnswerAt\\":null,$body}" ;;
  *) status=404 body='{}' ;;
esac
printf 'HTTP/1.1 %s Said\r\nContent-Type: application/json\r\n' "$status"
printf 'Content-Length: %s\r\nConnection: close\r\n\r\n%s' "\${#body}" "$body"
`;
const POLLING = `#!/bin/sh
POLLS=yes
. /bin/rereading
`;
const VERSION = createHash("sha256")
  .update(readFileSync(import.meta.filename))
  .digest("hex")
  .slice(0, 8);

export function tinyImageNames(): TinyImages {
  const names = Object.keys(TINY_COMMANDS) as (keyof TinyImages)[];
  return Object.fromEntries(
    names.map((name) => [name, `berth-test/${name}:${VERSION}`]),
  ) as unknown as TinyImages;
}

/** Names of the images, built if the engine doesn't have them. */
export async function ensureTinyImages(): Promise<TinyImages> {
  const images = tinyImageNames();
  if (!hasImages(Object.values(images))) build(images);
  return images;
}

/** Asked for all at once: the client takes longer to start than to ask. */
function hasImages(names: readonly string[]): boolean {
  try {
    execFileSync("docker", ["image", "inspect", ...names], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function build(images: TinyImages): void {
  const folder = mkdtempSync(join(tmpdir(), "berth-tiny-"));
  try {
    const archive = tinyLayer(folder);
    for (const [name, image] of Object.entries(images)) {
      const command = JSON.stringify(TINY_COMMANDS[name as keyof TinyImages]);
      const changes = ["USER 1000:1000", "WORKDIR /home/node", "EXPOSE 18789", `CMD ${command}`];
      execFileSync(
        "docker",
        ["import", ...changes.flatMap((change) => ["--change", change]), archive, image],
        { stdio: "pipe" },
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Their one layer, a tar archive in that folder. */
export function tinyLayer(folder: string): string {
  const root = join(folder, "root");
  for (const name of [
    "bin",
    "tmp",
    "www/started",
    "www/starting",
    "home/node/.openclaw",
    "home/node/.cache",
  ]) {
    mkdirSync(join(root, name), { recursive: true });
  }
  writeFileSync(join(root, "bin/busybox"), busybox(folder), { mode: 0o755 });
  writeFileSync(join(root, "bin/node"), NODE_STUB, { mode: 0o755 });
  writeFileSync(join(root, "bin/rereading"), REREADING, { mode: 0o755 });
  writeFileSync(join(root, "bin/polling"), POLLING, { mode: 0o755 });
  for (const applet of APPLETS) symlinkSync("busybox", join(root, "bin", applet));
  for (const status of ["started", "starting"]) {
    writeFileSync(join(root, "www", status, "healthz"), '{"ok":true,"status":"live"}\n');
    writeFileSync(join(root, "www", status, "startupz"), `{"ok":true,"status":"${status}"}\n`);
  }
  symlinkSync("/home/node/.openclaw/readyz", join(root, "www/started/readyz"));
  const archive = join(folder, "root.tar");
  const owned = ["--owner=0", "--group=0"];
  execFileSync("tar", ["cf", archive, ...owned, "--exclude=./home/node", "-C", root, "."]);
  execFileSync("tar", ["rf", archive, "--owner=1000", "--group=1000", "-C", root, "./home/node"]);
  return archive;
}

/** The static busybox binary: from its image, or from Debian's package where no image can be pulled. */
function busybox(folder: string): Buffer {
  const attempts = [fromImage, fromPackage];
  for (const attempt of attempts) {
    try {
      return attempt(folder);
    } catch {
      // The next one.
    }
  }
  throw new Error(
    `Neither the image ${BUSYBOX_IMAGE} nor Debian's package busybox-static can be had: make one of them available.`,
  );
}

function fromImage(folder: string): Buffer {
  const quiet = { stdio: "pipe", timeout: 300_000 } as const;
  execFileSync("docker", ["pull", BUSYBOX_IMAGE], quiet);
  const id = execFileSync("docker", ["create", BUSYBOX_IMAGE], quiet).toString().trim();
  try {
    execFileSync("docker", ["cp", `${id}:/bin/busybox`, join(folder, "busybox")], quiet);
  } finally {
    execFileSync("docker", ["rm", id], quiet);
  }
  return readFileSync(join(folder, "busybox"));
}

function fromPackage(folder: string): Buffer {
  execFileSync("apt-get", ["download", "busybox-static"], { cwd: folder, stdio: "pipe" });
  execFileSync("sh", ["-c", "dpkg-deb -x busybox-static_*.deb package"], { cwd: folder, stdio: "pipe" });
  const found = ["bin/busybox", "usr/bin/busybox"].map((name) => join(folder, "package", name));
  const path = found.find((name) => {
    try {
      accessSync(name);
      return true;
    } catch {
      return false;
    }
  });
  if (!path) throw new Error("The package busybox-static holds no busybox.");
  return readFileSync(path);
}
