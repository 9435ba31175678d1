// What small programs say when something goes wrong: real errors of sockets and files, and a program of its own.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { get } from "node:http";
import { createServer } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { counted, errorSentence } from "../../infra/sentences.ts";

const MODULE = new URL("../../infra/sentences.ts", import.meta.url).href;

function failed(socketPath: string): Promise<Error> {
  return new Promise((resolve) => get({ socketPath, path: "/" }).on("error", resolve));
}

it("an engine that is not there, or goes away, is not reachable", async () => {
  const path = `/tmp/berth-sentence-${crypto.randomUUID()}.sock`;
  expect(errorSentence(await failed(path))).toBe(
    `The container engine is not reachable: connect ENOENT ${path}`,
  );
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => void server.close());
  expect(errorSentence(await failed(path))).toMatch(
    /^The container engine is not reachable: (socket hang up|read ECONNRESET|write EPIPE)$/,
  );
});

it("other errors say what they say", async () => {
  const missing = await readFile("/nonexistent/file").catch((error: unknown) => error);
  expect(errorSentence(missing)).toBe("ENOENT: no such file or directory, open '/nonexistent/file'");
  expect(errorSentence("text")).toBe("text");
});

it("a program that fails ends with 1 and one sentence, without a stack", async () => {
  const program = `import { endWithSentence } from "${MODULE}"; endWithSentence(); await Promise.reject(new Error("It is gone."));`;
  const ended = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
    execFile(process.execPath, ["--input-type=module", "-e", program], (error, _stdout, stderr) =>
      resolve({ code: error?.code, stderr }),
    );
  });
  expect(ended).toEqual({ code: 1, stderr: "It is gone.\n" });
});

it("one thing is counted as one", () => {
  expect([0, 1, 2].map((count) => counted(count, "deployment"))).toEqual([
    "0 deployments",
    "1 deployment",
    "2 deployments",
  ]);
  expect(counted(1, "file or folder", "files and folders")).toBe("1 file or folder");
});
