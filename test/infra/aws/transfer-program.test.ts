// The program that carries a state, run by Docker as its task definition spells it, in real OpenClaw's image, which has Node
// and GNU tar as the default one has. S3 is moto's; what is Fargate's own (EFS, the secret's delivery) is played here.
import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DEFAULT_ASSISTANT_IMAGE } from "../../../infra/assistant/openclaw.ts";
import { type Order, orderText } from "../../../infra/aws/transfer/carry.ts";
import { EXITS, UNTOUCHED } from "../../../infra/aws/transfer/exits.mjs";
import { TransferStore } from "../../../infra/aws/transfer/store.ts";
import { transferTask } from "../../../infra/aws/transfer/task.ts";
import { checked } from "../../../infra/backups/contents.ts";
import { docker as engine } from "../../support/docker.ts";
import { FOUNDATION } from "../../support/foundation.ts";
import { type Moto, startMoto } from "../../support/moto.ts";
import { makeTransferBucket } from "../../support/moto-foundation.ts";
import { ODD_FILES, picture } from "../../support/state.ts";

const BUCKET = "berth-transfer";
const PIECE_BYTES = 8 * 1024 * 1024;
const [one, other] = [crypto.randomUUID(), crypto.randomUUID()];
const store = new TransferStore(FOUNDATION, BUCKET, one);
const UNLIMITED = { maxBytes: Number.POSITIVE_INFINITY, isNew: true };
const signal = new AbortController().signal;
const { containerDefinitions: [container] = [] } = transferTask(FOUNDATION, one, DEFAULT_ASSISTANT_IMAGE, {
  volumes: [],
  secret: "arn:::1",
});

let moto: Moto;
let addresses: { readonly put: string[]; readonly get: string[] };
beforeAll(async () => {
  moto = await startMoto();
  await makeTransferBucket(BUCKET);
  addresses = { put: await store.addresses("PUT", 20), get: await store.addresses("GET", 20) };
});
afterAll(async () => {
  for (const id of [one, other]) await engine.getVolume(`berth-${id}`).remove({ force: true });
  await moto?.stop();
});

/** Runs the container of the task to its end. */
function carry(id: string, order: Pick<Order, "direction" | "urls">, name = "BERTH_TRANSFER") {
  const { entryPoint: [entry = "", ...first] = [], command = [], mountPoints = [] } = container ?? {};
  const { linuxParameters, user = "", image = "" } = container ?? {};
  const told = orderText({ pieceBytes: PIECE_BYTES, ...order });
  const flags = [
    ...["--rm", "--init", "--network", "host", "--memory", "1024m", "--user", user],
    ...(container?.readonlyRootFilesystem ? ["--read-only"] : []),
    ...(linuxParameters?.capabilities?.drop ?? []).flatMap((drop) => ["--cap-drop", drop]),
    ...mountPoints.flatMap(({ containerPath }) => ["--volume", `berth-${id}:${containerPath}`]),
    ...["--env", `${name}=${told}`, "--entrypoint", entry],
  ];
  const { status, stdout, stderr } = spawnSync("docker", ["run", ...flags, image, ...first, ...command], {
    encoding: "utf8",
  });
  return { status, said: `${stdout}${stderr}` };
}

function inState(id: string, script: string): void {
  const flags = ["--rm", "--network", "none", "-v", `berth-${id}:/home/node/.openclaw`];
  const shell = ["-w", "/home/node/.openclaw", "--entrypoint", "sh", DEFAULT_ASSISTANT_IMAGE, "-euc", script];
  execFileSync("docker", ["run", ...flags, ...shell], { stdio: "pipe" });
}

it("carries a state out and into another place byte for byte, what its owner has closed included", async () => {
  inState(
    one,
    `${ODD_FILES}
    mkdir closed; echo inside > closed/inside; ln closed/inside closed-link; chmod 0 closed/inside closed
    echo x > $(printf 'no-text-\\377'); touch -d '1969-01-01' old; touch .env; echo h > .hidden
    mkdir sealed; echo s > sealed/file; chmod 0555 sealed; touch -d '2002-03-04 05:06:07' .`,
  );
  const was = await picture(one, DEFAULT_ASSISTANT_IMAGE);
  expect(carry(one, { direction: "out", urls: addresses.put })).toEqual({ status: 0, said: "carried out\n" });
  expect(await picture(one, DEFAULT_ASSISTANT_IMAGE), "it is left as it was").toEqual(was);
  const contents = { entries: 0, bytes: 0 };
  for await (const _piece of checked(store.read(signal), UNLIMITED, contents));
  expect(contents.bytes).toBeGreaterThan(50_000_000);

  inState(other, "mkdir -p old/er .hidden; echo x > old/er/x; ln -s /etc link; chmod 0 old/er old .hidden");
  const urls = addresses.get.slice(0, Math.ceil(contents.bytes / PIECE_BYTES));
  expect(carry(other, { direction: "in", urls })).toEqual({ status: 0, said: "carried in\n" });
  expect(await picture(other, DEFAULT_ASSISTANT_IMAGE)).toEqual(was);
  expect(carry(other, { direction: "in", urls }).status, "which can be done again").toBe(0);
});

it("leaves what there is where the backup can't be had, and says no address", async () => {
  const was = await picture(other, DEFAULT_ASSISTANT_IMAGE);
  const forged = (addresses.get[0] ?? "").replace(/\/[^/?]+\?/, "/gone?");
  const refused = carry(other, { direction: "in", urls: [forged] });
  expect(refused).toEqual({ status: EXITS.refused + UNTOUCHED, said: "S3 refuses: 404\n" });
  const unknown = carry(other, { direction: "in", urls: [] }, "ANOTHER");
  expect([unknown.status, unknown.said]).toEqual([1 + UNTOUCHED, "Z_BUF_ERROR\n"]);
  expect(await picture(other, DEFAULT_ASSISTANT_IMAGE)).toEqual(was);
});

it("takes no more than there are addresses for, and says what tar can't unpack", async () => {
  const few = carry(one, { direction: "out", urls: addresses.put.slice(0, 2) });
  expect(few).toEqual({ status: EXITS.tooLarge + UNTOUCHED, said: "the state is larger than it may be\n" });
  const archive = pack();
  archive.entry({ name: ".openclaw/a" }, randomBytes(5_000));
  archive.finalize();
  const whole = await buffer(archive);
  await store.put(0, whole.subarray(0, 3_000), signal);
  const was = await picture(other, DEFAULT_ASSISTANT_IMAGE);
  const cut = carry(other, { direction: "in", urls: addresses.get.slice(0, 1) });
  expect(cut.status).toBe(EXITS.notUnpacked + UNTOUCHED);
  expect(cut.said).toContain("Unexpected EOF");
  expect(await picture(other, DEFAULT_ASSISTANT_IMAGE), "nothing is touched").toEqual(was);
});
