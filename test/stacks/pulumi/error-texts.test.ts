import { expect, it } from "vitest";
import { marked } from "../../../infra/assistant/own-words.ts";
import { causeOf, crashedCause, lockOwners, wasKilled } from "../../../stacks/pulumi/error-texts.ts";

it.each([
  ["Bind for 127.0.0.1:20000 failed: port is already allocated", "HOST_PORT_TAKEN"],
  ["listen tcp4 127.0.0.1:20000: bind: address already in use", "HOST_PORT_TAKEN"],
  ["Unable to find image 'acme/none:1' locally", "IMAGE_UNAVAILABLE"],
  ["(HTTP code 404) no such image - No such image: acme/none:1", "IMAGE_UNAVAILABLE"],
  ["The assistant did not become ready within 30 s; last answer: no answer.", "NOT_READY"],
  ["The image answers, but not as an assistant must: GET /startupz gave 404 no JSON.", "IMAGE_UNFIT"],
  ["The assistant's container keeps ending (exit code 1, 3 restarts).", "CRASHED"],
  ["connect ENOENT /var/run/docker.sock", "ENGINE_UNAVAILABLE"],
  ["Cannot connect to the Docker daemon at unix:///var/run/docker.sock", "ENGINE_UNAVAILABLE"],
  ["get berth-01a210f8: database not open", "ENGINE_UNAVAILABLE"],
  ["error during connect: Get http://docker/v1.41/info: EOF", "ENGINE_UNAVAILABLE"],
  ["AWS is not reachable: TimeoutError: socket hang up", "ENGINE_UNAVAILABLE"],
  [
    "The assistant's container keeps ending (1 tasks): CannotPullContainerError: not found",
    "IMAGE_UNAVAILABLE",
  ],
  ["keeps ending (1 tasks): ECS could not read its secrets: AccessDeniedException", "AWS_ACCESS_REFUSED"],
  ["AWS access refused: no credentials were found.", "AWS_ACCESS_REFUSED"],
  ["AccessPointLimitExceeded: You have reached the maximum number of access points", "AWS_LIMIT_REACHED"],
  ["You've reached the limit on the number of vCPUs you can run concurrently", "AWS_LIMIT_REACHED"],
  ["Pool overlaps with other one on this address space", "SUBNET_TAKEN"],
  ["error: incorrect passphrase", "WRONG_PASSPHRASE"],
  ["error: the stack is currently locked by 1 lock(s)", "STACK_LOCKED"],
  ["write /x: no space left on device", "DISK_FULL"],
  ["error: failed to load checkpoint: unexpected end of JSON input", "STATE_DAMAGED"],
  ["The backup is gone: its file is not where backups are kept.", "BACKUP_GONE"],
  ['The data can\'t be backed up: "no space left on device" is a device', "BACKUP_REFUSED"],
  ["The backup could not be put in place: lchown /home/node/x: invalid argument", "RESTORE_FAILED"],
  ["The backup could not be put in place: write /x: no space left on device", "DISK_FULL"],
  ["something new", "OPERATION_FAILED"],
])("%s is %s, in words that say what was kept and what to do", (text, code) => {
  const cause = causeOf([text]);
  expect(cause.code).toBe(code);
  expect(cause.message).toContain(text);
  expect(cause.message).toMatch(/kept|lost|operator|again/);
});

/** What OpenClaw 2026.9.6 wrote, run by hand with a file that it refuses, and with a volume that was full. */
const REFUSED =
  'T Gateway failed to start: Invalid config at /home/node/.openclaw/openclaw.json:\n<root>: Unrecognized key: "flux"\nRun "openclaw doctor --fix" to repair, then retry.';
const BLOCKED =
  "T Gateway start blocked: existing config is missing gateway.mode. Treat this as suspicious or clobbered config.";
const FULL =
  "T [gateway] failed to write stability bundle: Error: ENOSPC: no space left on device, write\nT Gateway failed to start: database is not open.";

it.each([
  ["exit code 78, 5 restarts", REFUSED, "SETTINGS_REFUSED"],
  ["exit code 78 of container openclaw: ECS gives no reason; 5 tasks", "hello", "SETTINGS_REFUSED"],
  ["exit code 1, 5 restarts, 3 MiB left for its data", FULL, "DISK_FULL"],
  ["exit code 78, 0 restarts, 0 MiB left for its data", BLOCKED, "DISK_FULL"],
  // Its own words are shown, and mean nothing.
  ["exit code 1, 5 restarts", REFUSED, "CRASHED"],
  ["5 restarts", BLOCKED, "CRASHED"],
  ["exit code 178, 5 restarts", FULL, "CRASHED"],
  ["it ran out of memory, 5 restarts", "(exit code 78, 5 restarts), 3 MiB left for its data", "CRASHED"],
  ["exit code 1, 5 restarts", "port is already allocated\nincorrect passphrase", "CRASHED"],
])("an assistant that ends with %s and says %j is %s, starting or running", (facts, log, code) => {
  const starting = `The assistant's container keeps ending (${facts}).\nLast lines of its log:\n`;
  for (const cause of [causeOf([starting + marked(log)]), crashedCause(facts, log)]) {
    expect(cause.code).toBe(code);
    expect(cause.message).toContain(log);
    expect(cause.message).toMatch(/kept.*redeploy/);
  }
  const long = causeOf([starting + marked("x\n".repeat(5_000) + log)]);
  expect(long.code).toBe(code);
  expect(long.message).toContain(log);
  expect(long.message.length).toBeLessThan(2_500);
});

/** Each of them means something where Pulumi or the engine says it. */
const WORDS = [
  "telegram: read: connection reset by peer",
  "plugin memory exited",
  "\\n code: 1\nerror: incorrect passphrase",
  "\u2028error: failed to load checkpoint",
  "error: the stack is currently locked by 1 lock(s): created by root@here (pid 1)",
  "Last lines of its log:\nerror: port is already allocated",
  "assistant| error: pool overlaps",
  "ENGINE \r error during connect",
];

it.each(WORDS)("what an assistant writes is no error of the engine's: %j", (words) => {
  const sentence =
    "The assistant's container keeps ending (exit code 1, 5 restarts).\nLast lines of its log:\n";
  const reported = `exit status 1: running "node probe.ts":\n${sentence}${marked(words)}`;
  const cli = `code: 255\n stdout: Updating:\n    error: ${reported.replaceAll("\n", "\n    ")}\n stderr: \n`;
  expect(wasKilled([reported, cli])).toBe(false);
  expect(lockOwners(cli)).toEqual([]);
  for (const texts of [[reported], [cli], [reported, cli]]) {
    const cause = causeOf(texts);
    expect(cause.code).toBe("CRASHED");
    expect(cause.message).toContain(
      words
        .split(/[\n\r]/)
        .at(-1)
        ?.trim()
        .replace(/^assistant\| /, ""),
    );
  }
});

it("the same words of Pulumi or the engine are what they mean", () => {
  expect(wasKilled(["error reading from server: EOF"])).toBe(true);
  expect(wasKilled(["rpc error: code = Unavailable desc = read ECONNRESET"])).toBe(true);
  expect(causeOf([`error: incorrect passphrase\n${marked("hello")}`]).code).toBe("WRONG_PASSPHRASE");
  expect(
    lockOwners("error: the stack is currently locked by 1 lock(s)\n created by root@here (pid 7)"),
  ).toEqual([{ host: "here", pid: 7 }]);
  expect(
    lockOwners("error: the stack is currently locked by 1 lock(s)\n created by @ (pid 0) at 0001-01-01"),
  ).toEqual([{ host: "", pid: 0 }]);
});

it("a line that is far too long is cut, and what may be a part of a secret at its end goes", () => {
  const lines = marked(`${"é".repeat(100_000)}\nlast`).split("\n");
  expect(lines).toHaveLength(2);
  expect(Buffer.byteLength(lines[0] ?? "")).toBeLessThan(32 * 1024);
  expect(lines[0]).toMatch(/^assistant\| é+ … \(cut\)$/);
  expect(lines[1]).toBe("assistant| last");
});

it("keeps the SDK's command line out of the cause", () => {
  const text =
    "code: -2\n stdout: \n stderr: Command failed: pulumi up --yes --event-log tcp://127.0.0.1:1\nerror: incorrect passphrase\n";
  const { code, message } = causeOf([text]);
  expect(code).toBe("WRONG_PASSPHRASE");
  expect(message).not.toContain("--event-log");
});

it("keeps every part of an error of several parts", () => {
  const text =
    "code: -2\n stderr: Updating:\nerror: 2 errors occurred:\n\t* writing x: no space left on device\n    \t* y\n\nDone\n";
  const { code, message } = causeOf([text]);
  expect(code).toBe("DISK_FULL");
  expect(message).toContain("writing x");
  expect(message).toContain("* y");
  expect(message).not.toMatch(/Updating|Done/);
});

it("is bounded and says the same thing once", () => {
  const { message } = causeOf(["x".repeat(100_000), "y", "y"]);
  expect(message.length).toBeLessThan(2_500);
  expect(causeOf(["same", "same"]).message.match(/same/g)).toHaveLength(1);
});
