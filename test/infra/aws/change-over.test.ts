// What is unpacked beside a state takes its place whole, or leaves it as it was.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { isOnItsWay, replaceWhole } from "../../../infra/aws/transfer/change-over.mjs";

const NAME = ".openclaw";
let folder: string;
let state: string;
let touched: number;
const onTouched = () => void touched++;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "berth-change-"));
  state = join(folder, NAME);
  touched = 0;
  mkdirSync(state);
  inside(
    state,
    `echo old > old; mkdir -p both/old closed sealed; echo x > closed/x; ln -s / root; mkfifo fifo
    chmod 0 closed; chmod 0555 sealed; echo x > "$(printf '\\377')"; touch -d 2001-02-03 .; chmod 0555 .`,
  );
});
afterEach(() => {
  execFileSync("chmod", ["-R", "u+rwx", folder]);
  rmSync(folder, { recursive: true });
});

function inside(of: string, script: string): void {
  execFileSync("sh", ["-euc", script], { cwd: of });
}

function picture(): string {
  const options = ["--sort=name", "--full-time", "--format=gnu", "-cvf", "/dev/null", NAME];
  return execFileSync("tar", ["--verbose", ...options], { cwd: folder, encoding: "utf8" });
}

const NEW = `mkdir ${NAME}; cd ${NAME}; echo new > new; mkdir -p both/new shut; echo y > shut/y; chmod 0 shut
  echo y > "$(printf '\\376')"; touch -d 2010-11-12 .; chmod 0750 .`;
const fill = async (incoming: Buffer) => inside(incoming.toString(), NEW);

it("it takes the place of what there was, with its modes and times, and nothing of that is left", async () => {
  inside(folder, `cp -a ${NAME} was; mkdir wanted; cd wanted; ${NEW}`);
  await replaceWhole(Buffer.from(state), NAME, fill, onTouched);
  expect(touched).toBe(1);
  const found = picture();
  inside(folder, `chmod -R u+rwx ${NAME}; rm -r ${NAME}; mv wanted/${NAME} ${NAME}`);
  // A fraction is as long as it has to be, and so are the blanks around it.
  const times = (text: string) => text.replaceAll(/ +\d\d:\d\d:\d\d(\.\d+)? +/g, " ");
  expect(times(found)).toBe(times(picture()));
});

it("what can't be unpacked whole leaves what there was as it was", async () => {
  const was = picture();
  const half = async (incoming: Buffer) => {
    await fill(incoming);
    throw new Error("no room for the last file");
  };
  await expect(replaceWhole(Buffer.from(state), NAME, half, onTouched)).rejects.toThrow("no room");
  expect([picture(), touched]).toEqual([was, 0]);
});

it("what lacks the state's own folder leaves what there was as it was", async () => {
  const was = picture();
  const other = async (incoming: Buffer) => inside(incoming.toString(), "mkdir other");
  await expect(replaceWhole(Buffer.from(state), NAME, other, onTouched)).rejects.toThrow("ENOENT");
  expect([picture(), touched]).toEqual([was, 0]);
});

it("what a task has left that was killed in between is in nobody's way", async () => {
  inside(
    state,
    "chmod u+w .; mkdir -p .berth-transfer-in/x .berth-transfer-out/both/old; echo x > .berth-transfer-in/x/y",
  );
  await replaceWhole(Buffer.from(state), NAME, fill, onTouched);
  expect(picture()).not.toContain("transfer");
  expect(picture()).toContain("both/new");
  expect(isOnItsWay(Buffer.from(".berth-transfer-in"))).toBe(true);
  expect(isOnItsWay(Buffer.from(".berth"))).toBe(false);
});
