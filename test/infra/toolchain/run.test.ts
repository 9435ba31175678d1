// Programs of the set-up, by real ones: what is seen of their output, and what their errors hold.
import { expect, it } from "vitest";
import { run } from "../../../infra/toolchain/run.ts";

const shell = async (script: string, timeoutMs?: number) => {
  const lines: string[] = [];
  const onLine = (line: string) => void lines.push(line);
  const stdout = await run("sh", ["-c", script], { onLine, ...(timeoutMs && { timeoutMs }) });
  return { stdout, lines };
};

it("a line that arrives in pieces is one line, and stdout is given as it was", async () => {
  const { stdout, lines } = await shell(
    "printf 'one li'; sleep 0.2; printf 'ne\\nan'; sleep 0.2; printf 'other'",
  );
  expect(lines).toEqual(["one line", "another"]);
  expect(stdout).toBe("one line\nanother");
});

it("a character that arrives in pieces is one character", async () => {
  const { stdout, lines } = await shell("printf '\\360\\237'; sleep 0.2; printf '\\246\\236\\n'");
  expect(lines).toEqual(["🦞"]);
  expect(stdout).toBe("🦞\n");
});

it("each step of a progress is a line, and empty lines are none", async () => {
  const { lines } = await shell("printf '10 %%\\r20 %%\\r\\n\\n   \\ndone\\n'");
  expect(lines).toEqual(["10 %", "20 %", "done"]);
});

it("an error holds the last lines whole, of stderr as well", async () => {
  const script = "seq 20; sleep 0.1; printf 'it fa' >&2; sleep 0.2; echo iled >&2; exit 3";
  const error = await shell(script).catch((failure: Error) => failure);
  const [first, ...lines] = String((error as Error).message).split("\n    ");
  expect(first).toBe("sh ended with 3");
  expect(lines).toEqual([...Array.from({ length: 14 }, (_, index) => String(index + 7)), "it failed"]);
});

it("a program that is missing, is killed or takes too long is an error", async () => {
  await expect(run("berth-no-such-program", [])).rejects.toThrow("ENOENT");
  await expect(shell("kill -9 $$")).rejects.toThrow("sh ended with signal SIGKILL");
  await expect(shell("exec sleep 30", 50)).rejects.toThrow("sh ended with signal SIGTERM");
});
