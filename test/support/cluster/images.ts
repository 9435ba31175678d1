// The images of the cluster's nodes, in one archive that containerd imports: there is no registry. They are those of
// tiny-image.ts with a real Node, since Berth runs programs of its own in them.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cached } from "../../../infra/toolchain/cache.ts";
import { step } from "../../../infra/toolchain/progress.ts";
import { TINY_COMMANDS, type TinyImages, tinyImageNames, tinyLayer } from "../tiny-image.ts";
import { PAUSE_IMAGE, SOCKET } from "./containerd.ts";
import type { Machine } from "./machine.ts";

const ARCHIVE = "images.tar";
const SPEAKING = fileURLToPath(new URL("./speaking.mjs", import.meta.url));
/** Answers Berth's calls as OpenClaw does: see speaking.mjs. */
export const SPEAKING_IMAGE = "berth-test/speaking:1";

interface ImageConfig {
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
}

/** Makes an archive with the pause image and the tiny ones. @param pause path of its program @returns its path */
export async function ensureImages(cache: string, pause: string): Promise<string> {
  const content = [import.meta.filename, SPEAKING, pause].map((path) => readFileSync(path));
  const hash = createHash("sha256").update(process.version).update(tinyImageNames().healthy);
  for (const part of content) hash.update(part);
  const name = `kubernetes-images-${hash.digest("hex").slice(0, 16)}`;
  const make = (folder: string) =>
    step("Making the cluster's images", async () => writeArchive(folder, pause));
  return join(await cached(cache, name, make), ARCHIVE);
}

export async function importImages(node: Machine, archive: string): Promise<void> {
  await node.run(["ctr", "--address", SOCKET, "--namespace", "k8s.io", "images", "import", archive]);
}

function writeArchive(cache: string, pause: string): void {
  const folder = join(cache, "parts");
  mkdirSync(join(folder, "pause"), { recursive: true });
  copyFileSync(pause, join(folder, "pause", "pause"));
  const layers = {
    pause: layer(folder, "pause", join(folder, "pause")),
    tiny: layerOf("root.tar", tinyLayer(folder)),
    node: nodeLayer(folder),
  };
  const images = [image(folder, PAUSE_IMAGE, [layers.pause], { Entrypoint: ["/pause"] })];
  for (const [name, reference] of Object.entries(tinyImageNames())) {
    const Cmd = TINY_COMMANDS[name as keyof TinyImages];
    const config = { User: "1000:1000", WorkingDir: "/home/node", Cmd };
    images.push(image(folder, reference, [layers.tiny, layers.node], config));
  }
  mkdirSync(join(folder, "speaking"));
  copyFileSync(SPEAKING, join(folder, "speaking", "speaking.mjs"));
  const speaking = layer(folder, "speaking", join(folder, "speaking"));
  const Cmd = ["/bin/node", "/speaking.mjs"];
  const ofUser = { User: "1000:1000", WorkingDir: "/home/node", Cmd };
  images.push(image(folder, SPEAKING_IMAGE, [layers.tiny, layers.node, speaking], ofUser));
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(images));
  const files = [...new Set(images.flatMap(({ Config, Layers }) => [Config, ...Layers]))];
  tar(join(cache, ARCHIVE), folder, ["manifest.json", ...files]);
  rmSync(folder, { recursive: true });
}

/** The Node that runs this, and the host's libraries that it is linked with. */
function nodeLayer(folder: string): Layer {
  const root = join(folder, "node");
  const node = realpathSync(process.execPath);
  const linked = execFileSync("ldd", [node], { encoding: "utf8" });
  const libraries = [...linked.matchAll(/(\/lib\S+) \(/g)].map(([, path]) => path ?? "");
  for (const [path, to] of [
    [node, "/bin/node"] as const,
    ...libraries.map((name) => [name, name] as const),
  ]) {
    mkdirSync(join(root, dirname(to)), { recursive: true });
    copyFileSync(path, join(root, to));
  }
  return layer(folder, "node", root);
}

interface Layer {
  readonly file: string;
  readonly digest: string;
}

function layer(folder: string, name: string, root: string): Layer {
  const file = `${name}.tar`;
  tar(join(folder, file), root, ["."]);
  return layerOf(file, join(folder, file));
}

function layerOf(file: string, path: string): Layer {
  return { file, digest: `sha256:${createHash("sha256").update(readFileSync(path)).digest("hex")}` };
}

function tar(archive: string, from: string, files: readonly string[]): void {
  execFileSync("tar", ["cf", archive, "--owner=0", "--group=0", "-C", from, ...files]);
}

/** Its row of the archive's list. */
function image(folder: string, reference: string, layers: readonly Layer[], config: ImageConfig) {
  const text = JSON.stringify({
    architecture: process.arch === "x64" ? "amd64" : process.arch,
    os: "linux",
    config: { Env: ["PATH=/usr/local/bin:/usr/bin:/bin"], ...config },
    rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => digest) },
  });
  const name = `${createHash("sha256").update(text).digest("hex")}.json`;
  writeFileSync(join(folder, name), text);
  return { Config: name, RepoTags: [reference], Layers: layers.map(({ file }) => file) };
}
