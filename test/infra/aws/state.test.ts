// An assistant's data on AWS, out and back. S3 and Secrets Manager are moto's; ECS is made up, and its tasks really run the
// program, on this machine.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Task } from "@aws-sdk/client-ecs";
import { CreateFileSystemCommand, EFSClient } from "@aws-sdk/client-efs";
import { ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ListSecretsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import type { Foundation } from "../../../infra/aws/args.ts";
import { ecsState } from "../../../infra/aws/state.ts";
import { orderText } from "../../../infra/aws/transfer/carry.ts";
import { EXITS, UNTOUCHED } from "../../../infra/aws/transfer/exits.mjs";
import { TransferStore } from "../../../infra/aws/transfer/store.ts";
import { type BackupFile, writeBackup } from "../../../infra/backups/backup.ts";
import { writeEncrypted } from "../../../infra/backups/file.ts";
import { newBackupKey } from "../../../infra/backups/key.ts";
import { openTarget } from "../../../infra/targets.ts";
import { backUp, restore } from "../../../stacks/backups/copy.ts";
import { Fargate } from "../../support/fargate.ts";
import { FOUNDATION, placeOn } from "../../support/foundation.ts";
import { type Moto, startMoto } from "../../support/moto.ts";
import { makeTransferBucket } from "../../support/moto-foundation.ts";
import { describeArchive } from "../../support/state.ts";

const REGION = { region: "eu-central-1" };
const MIB = 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), "berth-ecs-state-"));
const keyFile = join(folder, "backup-key");
const keeping = { keyFile, maxBytes: 100 * MIB };
const transfer = { bucket: "berth-transfer", image: "node:24" };
let foundation: Foundation = { ...FOUNDATION, transfer };
const signal = new AbortController().signal;
const never = { signal, onWritten: () => {} };
const ecs = new Fargate();

let moto: Moto;
let files = 0;
let id: string;
let state: string;

beforeAll(async () => {
  moto = await startMoto();
  await ecs.start();
  await makeTransferBucket(transfer.bucket);
  const { FileSystemId = "" } = await new EFSClient(REGION).send(
    new CreateFileSystemCommand({ CreationToken: "berth" }),
  );
  foundation = { ...foundation, fileSystemId: FileSystemId };
  writeFileSync(keyFile, await newBackupKey());
});
afterAll(async () => {
  await ecs.stop();
  await moto?.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  id = crypto.randomUUID();
  state = ecs.serve(id, 1);
});
/** Whatever became of it. */
afterEach(async () => {
  expect(await left()).toEqual({ objects: [], secrets: [], definitions: [] });
});

const access = (deploymentId = id, maxBytes = keeping.maxBytes) =>
  ecsState(foundation, { deploymentId, image: "unused", maxBytes }, { pollMs: 20, pieceBytes: 4 * MIB });

it("an active assistant stands still while its data is copied, and comes back as it was, byte for byte", async () => {
  inState(`mkdir -p deep/er; echo a > deep/er/a; ln deep/er/a hard; ln -s deep/er/a soft; chmod 2750 deep
    head -c 9000000 /dev/urandom > random; chown 12:34 random; chmod 700 .; touch -d '2002-03-04 05:06:07' .`);
  const was = picture(state);
  const sums: unknown[] = [];
  const work = { ...newWork(), meantToRun: { endpoint: null } };
  const { file } = work;
  const switched = ecs.switched.length;
  await backUp(access(), work, { signal, onWritten: (sum) => sums.push(sum) });
  expect(ecs.switched.slice(switched)).toEqual([`berth-${id} 0`, `berth-${id} 1`]);
  expect(ecs.isRunning(id)).toBe(true);

  const other = crypto.randomUUID();
  const place = ecs.serve(other, 0);
  execFileSync("sh", ["-euc", "mkdir .hidden closed; echo old > old; chmod 0 closed .hidden"], {
    cwd: place,
  });
  const [sum] = sums as [{ sha256: string }];
  const from = { file, sha256: sum.sha256 };
  const restored = { from, before: newFile(), keeping, image: "unused" };
  await restore(access(other), restored, async () => {}, {
    ...never,
    onWritten: (before) => sums.push(before),
  });
  expect(picture(place)).toEqual(was);
  expect(sums[1], "what was there before is backed up").toMatchObject({ size: expect.any(Number) });
});

it("no address ever shows: not in the task's definition, nor in any other call of ECS", async () => {
  inState("echo x > file");
  await access().halt();
  const from = ecs.calls.length;
  await writeBackup(access(), newFile(), keeping, signal);
  const calls = ecs.calls.slice(from);
  const registered = calls.filter(({ name }) => name === "RegisterTaskDefinition");
  expect(registered).toHaveLength(1);
  expect(JSON.parse(registered[0]?.text ?? "")).toMatchObject({
    family: `berth-${id}-transfer`,
    executionRoleArn: foundation.executionRoleArn,
    tags: [{ key: "berth:deployment", value: id }],
    volumes: [{ efsVolumeConfiguration: { authorizationConfig: { accessPointId: `fsap-${id}` } } }],
    containerDefinitions: [
      {
        name: "transfer",
        image: transfer.image,
        user: "1000:1000",
        readonlyRootFilesystem: true,
        linuxParameters: { capabilities: { drop: ["ALL"] } },
        environment: [],
        secrets: [
          {
            name: "BERTH_TRANSFER",
            valueFrom: expect.stringMatching(
              `^arn:aws:secretsmanager:.*:secret:berth/${id}/transfer-\\w+:::.+`,
            ),
          },
        ],
      },
    ],
  });
  expect(registered[0]?.text).not.toContain("taskRoleArn");
  const run = calls.find(({ name }) => name === "RunTask");
  expect(JSON.parse(run?.text ?? "")).toEqual({
    clientToken: expect.any(String),
    cluster: foundation.clusterArn,
    taskDefinition: expect.stringContaining(`berth-${id}-transfer:`),
    launchType: "FARGATE",
    platformVersion: "1.4.0",
    startedBy: "berth-transfer",
    networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"], securityGroups: ["sg-1"] } },
  });
  expect(calls.filter(({ text }) => /X-Amz|Signature|http:\/\//i.test(text))).toEqual([]);
});

it("of no data there is no backup, and of a service that is gone none is made up", async () => {
  await access().halt();
  expect(await writeBackup(access(), newFile(), keeping, signal)).toBeUndefined();
  const gone = crypto.randomUUID();
  expect(await access(gone).halt()).toBe(false);
  await expect(writeBackup(access(gone), newFile(), keeping, signal)).rejects.toThrow("service is gone");
});

it("a state larger than the limit is refused, and nothing is written", async () => {
  inState("head -c 16000000 /dev/zero > zeros");
  await access().halt();
  const file = newFile();
  const small = { keyFile, maxBytes: 10 * MIB };
  const written = writeBackup(access(id, small.maxBytes), file, small, signal);
  await expect(written).rejects.toThrow("larger than 10 MiB, the limit of backups");
  expect(readdirSync(folder).filter((name) => name.startsWith(file))).toEqual([]);
});

it("under an assistant that runs nothing is replaced", async () => {
  inState("echo kept > file");
  const running = access().replace([Buffer.alloc(1024)], AbortSignal.timeout(100));
  const outcome = await Promise.race([running.then(() => "replaced"), sleep(1_500, "waits")]);
  expect(outcome).toBe("waits");
  expect(readdirSync(state)).toEqual(["file"]);
  // Once it ends, the call goes on, and finds that it is not wanted any more.
  await access().halt();
  await expect(running).rejects.toThrow(/abort/i);
  expect(readdirSync(state)).toEqual(["file"]);
});

it("what is damaged is refused before anything is touched", async () => {
  inState("echo kept > file");
  await access().halt();
  const calls = ecs.calls.length;
  const from = await sealed([Buffer.from("no archive at all")]);
  const work = { from, before: newFile(), keeping, image: "unused" };
  await expect(restore(access(), work, async () => {}, never)).rejects.toThrow(/^The backup is damaged/);
  expect(ecs.calls).toHaveLength(calls);
});

it("what can't be unpacked leaves what was there, and says so", async () => {
  inState("echo kept > file; echo hidden > .hidden; touch -d '2002-03-04 05:06:07' .");
  const was = picture(state);
  await access().halt();
  const tar = join(folder, "clash.tar");
  const tree = mkdtempSync(join(folder, "clash-"));
  execFileSync(
    "sh",
    [
      "-euc",
      `mkdir .openclaw; echo x > .openclaw/a; tar cf ${tar} .openclaw; rm .openclaw/a
      mkdir .openclaw/a; echo x > .openclaw/a/b; tar rf ${tar} .openclaw/a/b`,
    ],
    { cwd: tree },
  );
  const from = await sealed([execFileSync("cat", [tar])]);
  const work = { from, before: newFile(), keeping, image: "unused" };
  await expect(restore(access(), work, async () => {}, never)).rejects.toThrow(
    "was not copied: tar could not unpack it",
  );
  expect(picture(state)).toEqual(was);
  expect(existsSync(work.before)).toBe(true);
});

it.each([
  [
    { stoppedReason: "CannotPullContainerError: node:24: not found" },
    /no such image, or no access to it: CannotPull.*\(image node:24\)/,
  ],
  [{ containers: [{ name: "transfer", exitCode: 10 }] }, /S3 refused it\. Berth's own credentials/],
  [{ containers: [{ name: "transfer", exitCode: 137 }] }, /exit code 137/],
])("a task that ends in another way is told of, and the assistant runs again", async (ending, why) => {
  inState("echo kept > file");
  ecs.ending = ending;
  const work = { ...newWork(), meantToRun: undefined };
  await expect(backUp(access(), work, never)).rejects.toThrow(why);
  ecs.ending = undefined;
  await expect.poll(() => ecs.isRunning(id)).toBe(true);
});

it("a restore whose task can't begin touches nothing, and doesn't say that it did", async () => {
  inState("echo kept > file");
  await access().halt();
  const backup = { file: newFile(), sha256: "" };
  backup.sha256 = (await writeBackup(access(), backup.file, keeping, signal))?.sha256 ?? "";
  const refused = { name: "transfer", exitCode: EXITS.refused + UNTOUCHED };
  const runs = () => ecs.calls.filter(({ name }) => name === "RunTask").length;
  const before = runs();
  const work = { from: backup, before: "", keeping, image: "unused" };
  const endings: readonly [Partial<Task>, string][] = [
    [{ stoppedReason: "CannotPullContainerError: node:24: not found" }, "no such image"],
    [{ containers: [refused] }, "S3 refused it"],
  ];
  for (const [ending, why] of endings) {
    ecs.ending = ending;
    const restored = restore(access(), work, async () => {}, never);
    await expect(restored).rejects.toThrow(`The assistant's data was not copied: ${why}`);
  }
  ecs.ending = undefined;
  expect(runs() - before, "nothing is put back where nothing was taken").toBe(2);
});

it("what is carried is carried, whatever can't be tidied up afterwards", async () => {
  inState("echo kept > file");
  await access().halt();
  ecs.refused.add("DeregisterTaskDefinition");
  const backup = { file: newFile(), sha256: "" };
  backup.sha256 = (await writeBackup(access(), backup.file, keeping, signal))?.sha256 ?? "";
  inState("echo changed > file");
  const work = { from: backup, before: "", keeping, image: "unused" };
  await restore(access(), work, async () => {}, never);
  expect(readFileSync(join(state, "file"), "utf8")).toBe("kept\n");
  ecs.refused.add("StopTask");
  ecs.startMs = 600_000;
  const leaving = new AbortController();
  const cancelled = writeBackup(access(), newFile(), keeping, leaving.signal);
  const task = () =>
    ecs.tasks.find((one) => one.family === `berth-${id}-transfer` && one.lastStatus !== "STOPPED");
  await expect.poll(task).toBeDefined();
  leaving.abort();
  await expect(cancelled).rejects.toThrow(/abort/i);
  ecs.startMs = 0;
  ecs.refused.clear();
  await (await openTarget(placeOn(foundation))).removeAll(id);
});

it("an assistant whose service is gone has not started again", async () => {
  await access().halt();
  ecs.services.delete(`berth-${id}`);
  await expect(access().untilStarted(null, 5)).rejects.toThrow("The assistant's service is gone.");
});

it("one that is cancelled ends its task", async () => {
  inState("echo kept > file");
  ecs.startMs = 600_000;
  const leaving = new AbortController();
  const work = { ...newWork(), meantToRun: undefined };
  const cancelled = backUp(access(), work, { ...never, signal: leaving.signal });
  const task = () => ecs.tasks.find(({ family }) => family === `berth-${id}-transfer`);
  await expect.poll(task).toBeDefined();
  leaving.abort();
  await expect(cancelled).rejects.toThrow(/abort/i);
  ecs.startMs = 0;
  expect(task()?.desiredStatus).toBe("STOPPED");
  await expect.poll(() => ecs.isRunning(id)).toBe(true);
});

it("what a dead process has left is ended before anything else is done, also by a recovery or a deletion", async () => {
  inState("echo kept > file");
  await access().halt();
  const engine = await openTarget(placeOn(foundation));
  for (const tidy of [
    () => writeBackup(access(), newFile(), keeping, signal),
    () => engine.removeStrays(id, new Set([`service/berth-${id}`])),
    () => engine.removeAll(id),
  ]) {
    const task = ecs.leaveTransfer(id);
    const stale = new PutObjectCommand({ Bucket: transfer.bucket, Key: `${id}/000003`, Body: "left" });
    await new S3Client(REGION).send(stale);
    await tidy();
    expect(task).toMatchObject({ desiredStatus: "STOPPED", lastStatus: "STOPPED" });
  }
});

it("the addresses of the largest state fit into a secret, and are signed for nothing but their place", async () => {
  process.env.AWS_SESSION_TOKEN = randomBytes(1_500).toString("base64");
  const urls = await new TransferStore(foundation, transfer.bucket, id).addresses("PUT", 501);
  delete process.env.AWS_SESSION_TOKEN;
  // https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
  expect(orderText({ direction: "out", urls, pieceBytes: 1 }).length).toBeLessThan(65_536);
  const query = new URL(urls[500] ?? "").searchParams;
  expect([query.get("X-Amz-SignedHeaders"), query.get("X-Amz-Expires")]).toEqual(["host", "3600"]);
  expect([...query.keys()].filter((name) => /checksum/i.test(name))).toEqual([]);
});

async function left() {
  const { Contents = [] } = await new S3Client(REGION).send(
    new ListObjectsV2Command({ Bucket: transfer.bucket }),
  );
  const { SecretList = [] } = await new SecretsManagerClient(REGION).send(new ListSecretsCommand({}));
  return {
    objects: Contents.map(({ Key }) => Key),
    secrets: SecretList.map(({ Name }) => Name),
    definitions: [...ecs.definitions.values()].filter(({ family }) => family?.endsWith("-transfer")),
  };
}

function inState(script: string): void {
  execFileSync("sh", ["-euc", script], { cwd: state });
}

/** All that tar can tell of a folder. */
function picture(of: string) {
  const tar = ["-c", "--sort=name", "--format=posix", "--pax-option=delete=atime,delete=ctime,delete=mtime"];
  const options = { maxBuffer: 200 * MIB };
  return describeArchive(execFileSync("tar", [...tar, "-C", join(of, ".."), ".openclaw"], options));
}

async function sealed(archive: readonly Buffer[]): Promise<BackupFile> {
  const file = newFile();
  const pieces = (async function* () {
    yield* archive;
  })();
  return { file, sha256: (await writeEncrypted(file, keyFile, pieces, signal)).sha256 };
}

/** A backup that is to be written into a file of its own. */
function newWork() {
  return { file: newFile(), keeping, image: "unused", startupTimeoutSeconds: 10 };
}

function newFile(): string {
  return join(folder, `${files++}.age`);
}
