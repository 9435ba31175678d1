// Backups of a volume, on real Docker: what comes back is what was there, and what is no backup of ours touches nothing.
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Header, pack } from "tar-stream";
import { afterAll, beforeAll, expect, it } from "vitest";
import { resourceName } from "../../infra/args.ts";
import { restoreBackup, writeBackup } from "../../infra/backups/backup.ts";
import { writeEncrypted } from "../../infra/backups/file.ts";
import { newBackupKey } from "../../infra/backups/key.ts";
import { DEPLOYMENT_LABEL, freshVolumeName } from "../../infra/docker/names.ts";
import { dockerState } from "../../infra/docker/state.ts";
import { DataUntouched } from "../../infra/target.ts";
import { restore } from "../../stacks/backups/copy.ts";
import { docker, removeLabelled } from "../support/docker.ts";
import { ODD_FILES, picture, withPrograms } from "../support/state.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const signal = new AbortController().signal;
const MAX_BYTES = 100 * 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), "berth-backups-"));
const keyFile = join(folder, "backup-key");
const keeping = { keyFile, maxBytes: MAX_BYTES };
const deploymentId = crypto.randomUUID();
let image: string;
let files = 0;

beforeAll(async () => {
  ({ healthy: image } = await ensureTinyImages());
  writeFileSync(keyFile, await newBackupKey());
  await makeVolume(deploymentId);
  inVolume(
    deploymentId,
    `${ODD_FILES}
     chown 1000:1000 random; chown -h 12:34 soft; touch .env
     touch -d '2002-03-04 05:06:07' .`,
  );
});
afterAll(async () => {
  await removeLabelled(deploymentId);
  rmSync(folder, { recursive: true, force: true });
});

it("what was there comes back byte for byte, into its own place and into another", async () => {
  const before = await picture(deploymentId, image);
  const file = newFile();
  const sum = await writeBackup(dockerState({ deploymentId, image }), file, keeping, signal);
  expect(sum).toEqual({ size: readFileSync(file).length, sha256: sha256(file) });
  const backup = { file, sha256: sum?.sha256 ?? "" };
  inVolume(deploymentId, "rm -rf * && echo other > first && chmod 700 .");

  const other = crypto.randomUUID();
  try {
    for (const id of [deploymentId, other]) {
      const incoming = freshVolumeName(id);
      await makeVolume(id, incoming);
      await restoreBackup(dockerState({ deploymentId: id, image, incoming }), backup, keeping, signal);
      expect(await picture(id, image, incoming)).toEqual(before);
      const { Labels, Driver } = await docker.getVolume(incoming).inspect();
      expect([Labels, Driver]).toEqual([{ [DEPLOYMENT_LABEL]: id }, "local"]);
      await docker.getVolume(incoming).remove();
    }
  } finally {
    await removeLabelled(other);
  }
  expect(inVolume(deploymentId, "ls"), "what was there before is not touched").toBe("first\n");
  expect(
    await docker.listContainers({ all: true, filters: { label: [`${DEPLOYMENT_LABEL}=${deploymentId}`] } }),
  ).toEqual([]);
});

it("a backup that is there is not written anew, and of nothing there is none", async () => {
  const file = newFile();
  writeFileSync(file, "as it was left");
  expect(await writeBackup(dockerState({ deploymentId, image }), file, keeping, signal)).toMatchObject({
    size: 14,
  });
  expect(readFileSync(file, "utf8")).toBe("as it was left");

  const other = crypto.randomUUID();
  const none = newFile();
  expect(
    await writeBackup(dockerState({ deploymentId: other, image }), none, keeping, signal),
  ).toBeUndefined();
  await makeVolume(other);
  inVolume(other, "touch .env");
  expect(
    await writeBackup(dockerState({ deploymentId: other, image }), none, keeping, signal),
  ).toBeUndefined();
  await removeLabelled(other);
  expect(existsSync(none)).toBe(false);
});

it("what is larger than the limit, or is cancelled, leaves no file and no door", async () => {
  inVolume(deploymentId, "head -c 20971520 /dev/urandom > random");
  const small = { keyFile, maxBytes: 1024 * 1024 };
  const cancel = AbortSignal.timeout(100);
  const into = mkdtempSync(join(folder, "none-"));
  const file = join(into, "a.age");
  await expect(writeBackup(dockerState({ deploymentId, image }), file, small, signal)).rejects.toThrow(
    /larger than 1 MiB/,
  );
  await expect(writeBackup(dockerState({ deploymentId, image }), file, keeping, cancel)).rejects.toThrow(
    /abort/i,
  );
  expect(readdirSync(into)).toEqual([]);
  expect(
    await docker.listContainers({ all: true, filters: { label: [`${DEPLOYMENT_LABEL}=${deploymentId}`] } }),
  ).toEqual([]);
});

it("a file holds nothing in clear text", async () => {
  const file = newFile();
  const canary = "canary-in-clear-text".repeat(10);
  await seal(file, [[{ name: ".openclaw/a" }, canary]]);
  expect(readFileSync(file).includes("canary")).toBe(false);
  expect(readFileSync(file, "latin1")).toMatch(/^age-encryption.org\/v1\n-> X25519 /);
});

const TAMPERED: readonly [what: string, tamper: (file: string) => void][] = [
  ["cut short", (file) => truncateSync(file, readFileSync(file).length - 1)],
  ["cut short at a piece", (file) => truncateSync(file, readFileSync(file).length - 65_552)],
  ["empty", (file) => truncateSync(file, 0)],
  ["gone", (file) => rmSync(file)],
  [
    "of one flipped bit",
    (file) => {
      const bytes = readFileSync(file);
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      writeFileSync(file, bytes);
    },
  ],
];

it.each(TAMPERED)(
  "a file %s is refused, by its record and by itself, and nothing is touched",
  async (_what, tamper) => {
    const file = newFile();
    await seal(file, [[{ name: ".openclaw/a" }, randomBytes(200_000)]]);
    const recorded = sha256(file);
    tamper(file);
    await refused(file, recorded, existsSync(file) ? /damaged/ : /gone/);
    if (existsSync(file)) await refused(file, sha256(file));
  },
);

it("a file for another key is refused", async () => {
  const file = newFile();
  const otherKey = join(folder, "other-key");
  writeFileSync(otherKey, await newBackupKey());
  await seal(file, [[{ name: ".openclaw/a" }, "x"]], otherKey);
  await refused(file, sha256(file), /identit/);
});

const PLANTED: readonly [what: string, entries: Entries][] = [
  ["that leaves its folder", [[{ name: ".openclaw/../../etc/passwd" }, "x"]]],
  ["with an absolute name", [[{ name: "/etc/passwd" }, "x"]]],
  ["beside the state", [[{ name: "other/file" }, "x"]]],
  ["with a device", [[{ name: ".openclaw/disk", type: "block-device", devmajor: 8, devminor: 0 }, ""]]],
  ["linked to what is outside", [[{ name: ".openclaw/a", type: "link", linkname: "../etc/passwd" }, ""]]],
  [
    "behind a link",
    [
      [{ name: ".openclaw/out", type: "symlink", linkname: "/etc" }, ""],
      [{ name: ".openclaw/out/passwd" }, "x"],
    ],
  ],
];

it.each(PLANTED)("an archive %s is refused", async (_what, entries) => {
  const file = newFile();
  await seal(file, [[{ name: ".openclaw/before" }, "x"], ...entries]);
  await refused(file, sha256(file));
});

it("a bomb, and what is no archive, are refused", async () => {
  const bomb = newFile();
  const zeros = Buffer.alloc(1024 * 1024);
  await writeEncrypted(
    bomb,
    keyFile,
    (async function* () {
      for (let mib = 0; mib < 200; mib++) yield zeros;
    })(),
    signal,
  );
  expect(readFileSync(bomb).length).toBeLessThan(2 * 1024 * 1024);
  await refused(bomb, sha256(bomb), /larger than 100 MiB/);
  for (const text of ["no archive at all", "x".repeat(5_000)]) {
    const file = newFile();
    await writeEncrypted(
      file,
      keyFile,
      (async function* () {
        yield Buffer.from(text);
      })(),
      signal,
    );
    await refused(file, sha256(file));
  }
});

it("what was there is not touched when the engine can't unpack a backup, and no volume is left of it", async () => {
  const from = newFile();
  const before = newFile();
  await seal(from, [
    [{ name: ".openclaw/a" }, "a file"],
    [{ name: ".openclaw/a/b" }, "and a folder"],
  ]);
  const was = await picture(deploymentId, image);
  const incoming = freshVolumeName(deploymentId);
  await makeVolume(deploymentId, incoming);
  const stopped = async () => {};
  const watch = { signal, onWritten: () => {} };
  const work = { from: { file: from, sha256: sha256(from) }, before, keeping, image };
  const state = dockerState({ deploymentId, image, incoming });
  const error = await restore(state, work, stopped, watch).catch((reason: Error) => reason);
  expect(error).toBeInstanceOf(DataUntouched);
  expect((error as Error).message).toMatch(/^The backup could not be put in place: .*not a directory/s);
  // It fails unless there is exactly one.
  expect(await picture(deploymentId, image)).toEqual(was);
  expect(existsSync(before)).toBe(true);
});

it("what is put in place must be what was packed", async () => {
  const from = newFile();
  await seal(from, [[{ name: ".openclaw/a" }, "a file"]]);
  const incoming = freshVolumeName(deploymentId);
  await makeVolume(deploymentId, incoming);
  inVolume(deploymentId, "echo stray > stray", incoming);
  const backup = { file: from, sha256: sha256(from) };
  const state = dockerState({ deploymentId, image, incoming });
  await expect(restoreBackup(state, backup, keeping, signal)).rejects.toThrow(
    /^The backup could not be put in place: what was unpacked is not what was packed/,
  );
  const none = dockerState({ deploymentId, image, incoming });
  await expect(restoreBackup(none, backup, keeping, signal), "no volume is made for it").rejects.toThrow(
    /no such volume/i,
  );
});

type Entries = readonly (readonly [Partial<Header> & { readonly name: string }, string | Buffer])[];

async function seal(file: string, entries: Entries, key = keyFile): Promise<void> {
  const archive = pack();
  for (const [header, content] of entries) archive.entry(header, content);
  archive.finalize();
  await writeEncrypted(file, key, archive as unknown as AsyncIterable<Uint8Array>, signal);
}

async function refused(file: string, recorded: string, why = /./): Promise<void> {
  const before = (await docker.getVolume(resourceName(deploymentId)).inspect()) as unknown;
  const restored = restoreBackup(
    // Whose volume isn't even there.
    dockerState({ deploymentId, image, incoming: freshVolumeName(deploymentId) }),
    { file, sha256: recorded },
    keeping,
    signal,
  );
  const error = await restored.then(
    () => "it was taken",
    (reason: Error) => reason.message,
  );
  expect(error).toMatch(/^The backup is (damaged|gone): /);
  expect(error).toMatch(why);
  expect(await docker.getVolume(resourceName(deploymentId)).inspect()).toEqual(before);
}

async function makeVolume(id: string, Name = resourceName(id)): Promise<void> {
  await docker.createVolume({ Name, Labels: { [DEPLOYMENT_LABEL]: id } });
}

/** As root, in a container that has the volume. */
function inVolume(id: string, script: string, name = resourceName(id)): string {
  const volume = `${name}:/state`;
  const run = ["run", "--rm", "--user", "0", "--network", "none", "-v", volume, "-w", "/state", image];
  const shell = ["/bin/busybox", "sh", "-euc", withPrograms(script)];
  return execFileSync("docker", [...run, ...shell], { encoding: "utf8" });
}

function newFile(): string {
  return join(folder, `${files++}.age`);
}

function sha256(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}
