// A registry on loopback that Docker really pulls from, read-only, with the images that it was given.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RegistryLogins } from "../../infra/target.ts";

const MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
const CONFIG = "application/vnd.docker.container.image.v1+json";
const LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip";

const JSON_TYPE = "application/json";
/** As Docker's own registry says it. */
const UNAUTHORIZED = JSON.stringify({
  errors: [{ code: "UNAUTHORIZED", message: "authentication required", detail: null }],
});

export interface Registry {
  /** E.g. `127.0.0.1:41234`: Docker asks such a registry without TLS. */
  readonly host: string;
  /** What was asked for, e.g. `GET /v2/app/manifests/moving`. */
  readonly asked: string[];
  /** Lets the tag mean that image of the engine. @returns the reference and the digest that it means now */
  put(name: string, tag: string, image: string): { readonly reference: string; readonly digest: string };
  /**
   * Nobody listens meanwhile. Docker keeps manifests for a while, so what a registry has no more is pulled all the same,
   * but not past one that doesn't answer.
   */
  whileAway<T>(act: () => Promise<T>): Promise<T>;
  /** Stops, and has the engine forget what it has pulled from here. */
  close(): Promise<void>;
}

/** Where nobody is logged in anywhere. */
export const NO_LOGINS: RegistryLogins = {
  configFile: join(tmpdir(), "berth-no-such-folder", "config.json"),
  environment: {},
};

/** @param login `user:password` without which it tells nothing; everything if absent */
export async function startRegistry(login?: string): Promise<Registry> {
  const blobs = new Map<string, Buffer>();
  const tags = new Map<string, string>();
  const asked: string[] = [];
  const keep = (content: Buffer) => {
    const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
    blobs.set(digest, content);
    return { size: content.length, digest };
  };
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const wanted = login && `Basic ${Buffer.from(login).toString("base64")}`;
    if (wanted && request.headers.authorization !== wanted) {
      response.writeHead(401, { "WWW-Authenticate": 'Basic realm="berth-test"', "Content-Type": JSON_TYPE });
      return response.end(UNAUTHORIZED);
    }
    const [, name, kind, which = ""] = /^\/v2\/(.+)\/(manifests|blobs)\/(.+)$/.exec(request.url ?? "") ?? [];
    const digest = tags.get(`${name}:${which}`) ?? which;
    const content = request.url === "/v2/" ? Buffer.from("{}") : blobs.get(digest);
    const headers = { "Docker-Content-Digest": digest, "Content-Length": content?.length ?? 0 };
    const type = kind === "manifests" ? MANIFEST : "application/octet-stream";
    response.writeHead(content ? 200 : 404, { ...headers, "Content-Type": type });
    return response.end(request.method === "HEAD" ? undefined : content);
  });
  const listen = (at: number) =>
    new Promise<void>((resolve) => server.listen(at, "127.0.0.1", () => resolve()));
  const stop = () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    return closed;
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;
  return {
    host,
    asked,
    put(name, tag, image) {
      const { config, layers } = saved(image);
      const manifest = {
        schemaVersion: 2,
        mediaType: MANIFEST,
        config: { mediaType: CONFIG, ...keep(config) },
        layers: layers.map((layer) => ({ mediaType: LAYER, ...keep(layer) })),
      };
      const { digest } = keep(Buffer.from(JSON.stringify(manifest)));
      tags.set(`${name}:${tag}`, digest);
      return { reference: `${host}/${name}:${tag}`, digest };
    },
    async whileAway(act) {
      await stop();
      return act().finally(() => listen(port));
    },
    async close() {
      await stop();
      const names = [...tags.keys()].map((name) => `${host}/${name.split(":")[0]}`);
      for (const name of new Set(names)) removeImages(name);
    },
  };
}

/** Tags and digests of a repository; the images themselves where nothing else names them. */
export function removeImages(repository: string): void {
  const format = "{{.Repository}}:{{.Tag}} {{.Repository}}@{{.Digest}}";
  const list = execFileSync("docker", ["images", "--digests", "--format", format, repository], quiet);
  const names = list.split(/\s+/).filter((name) => name !== "" && !name.includes("<none>"));
  if (names.length > 0) execFileSync("docker", ["rmi", "--force", ...new Set(names)], quiet);
}

/** The parts of an image, as `docker save` gives them. */
function saved(image: string): { readonly config: Buffer; readonly layers: readonly Buffer[] } {
  const folder = mkdtempSync(join(tmpdir(), "berth-registry-"));
  try {
    execFileSync("sh", ["-c", 'docker save "$1" | tar -x -C "$2"', "sh", image, folder], quiet);
    const read = (path: string) => readFileSync(join(folder, path));
    const [{ Config, Layers }] = JSON.parse(read("manifest.json").toString()) as [
      { Config: string; Layers: string[] },
    ];
    return { config: read(Config), layers: Layers.map(read) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const quiet = { encoding: "utf8", stdio: "pipe" } as const;
