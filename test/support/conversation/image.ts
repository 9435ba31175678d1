// The assistant's image with one thing more: it trusts the tests' CA. Its command, user and labels are those of its base,
// so that Berth treats it alike. Made once for each base and CA, and kept.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { cacheFolder, exclusively } from "../../../infra/toolchain/cache.ts";
import { docker } from "../docker.ts";
import type { Authority } from "./ca.ts";

const REPOSITORY = "berth-test/conversation";
/** Inside the image, beside what is OpenClaw's. */
const CA_PATH = "/opt/tests-ca.pem";

/** Name of the image. @throws Error when there is no such base */
export async function trustingImage(base: string, authority: Authority): Promise<string> {
  const { Id } = await docker.getImage(base).inspect();
  const tag = `${Id.replace("sha256:", "").slice(0, 12)}-${authority.fingerprint.slice(0, 8)}-system`;
  const image = `${REPOSITORY}:${tag}`;
  const cache = await cacheFolder(process.env);
  await exclusively(cache, `image-${tag}`, async () => {
    if (!(await isThere(image))) await make(image, Id, authority.file);
  });
  return image;
}

/**
 * Makes another image of the same repository: what `image` is, with these changes (as of `docker commit`). Name of it.
 * To be removed by removeImage.
 */
export async function imageWith(image: string, tag: string, ...changes: readonly string[]): Promise<string> {
  const container = await docker.createContainer({ Image: image });
  try {
    const repo = image.slice(0, image.lastIndexOf(":"));
    await container.commit({ repo, tag, changes: changes.join("\n") });
    return `${repo}:${tag}`;
  } finally {
    await container.remove();
  }
}

export async function removeImage(image: string): Promise<void> {
  await docker.getImage(image).remove({ force: true });
}

async function isThere(image: string): Promise<boolean> {
  const found = await docker.listImages({ filters: { reference: [image] } });
  return found.length > 0;
}

async function make(image: string, base: string, caFile: string): Promise<void> {
  const container = await docker.createContainer({ Image: base });
  try {
    // By the command line: it makes the archive that the engine wants.
    await promisify(execFile)("docker", ["cp", caFile, `${container.id}:${CA_PATH}`], { timeout: 60_000 });
    const [repo, tag] = image.split(":");
    // As a CA of the system: NODE_EXTRA_CA_CERTS is the model gateway's.
    const changes = `ENV NODE_USE_SYSTEM_CA=1\nENV SSL_CERT_FILE=${CA_PATH}`;
    await container.commit({ repo, tag, changes });
  } finally {
    await container.remove();
  }
}
