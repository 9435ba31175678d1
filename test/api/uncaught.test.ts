// What nobody has caught, in processes of their own: vitest would take it for its own.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const PROGRAM = fileURLToPath(new URL("../support/uncaught-process.ts", import.meta.url));

function run(fault: string): Promise<{ code: unknown; lines: Record<string, unknown>[]; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, fault], (error, stdout, stderr) => {
      const lines = stdout.split("\n").filter(Boolean);
      resolve({ code: error?.code ?? 0, lines: lines.map((line) => JSON.parse(line)), stderr });
    });
  });
}

it.each(["a refused connection", "a query whose connection breaks", "an idle client without a listener"])(
  "%s to the database is logged, and the process goes on",
  async (fault) => {
    const { code, lines, stderr } = await run(fault);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(lines).toMatchObject([{ level: 50, err: { message: expect.stringMatching(/./) } }]);
  },
);

it.each(["a rejection of ours", "an exception of ours", "a rejection that is no error"])(
  "%s is logged, and the process ends with 1",
  async (fault) => {
    const { code, lines, stderr } = await run(fault);
    expect(stderr).toBe("");
    expect(code).toBe(1);
    expect(lines).toMatchObject([
      { level: 60, err: { message: expect.stringContaining("a fault of ours") } },
    ]);
  },
);
