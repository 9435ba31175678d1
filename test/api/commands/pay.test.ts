// `npm run -s berth -- pay <id>` and `--version`, as an operator runs them beside a running server.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import manifest from "../../../package.json" with { type: "json" };
import { startTestBerth, type TestBerth } from "../../support/berth.ts";

const BERTH = fileURLToPath(new URL("../../../api/berth.ts", import.meta.url));

let berth: TestBerth;
beforeAll(async () => {
  berth = await startTestBerth(33, { BERTH_ROLE: "api" });
});
afterAll(() => berth.close());

it("pays for a slot once", async () => {
  const { body } = await berth.call("POST", "purchase", { apiMode: "byok" });
  const id = body.data?.deploymentId ?? "";
  expect(await command("pay", id)).toBe("Paid. The slot can be activated.");
  expect((await berth.call("GET", `${id}/status`)).body.data?.status).toBe("purchased");
  expect(await command("pay", id)).toBe("This slot is paid already.");
});

it("--version prints the version, which /healthz has too", async () => {
  expect(await command("--version")).toBe(manifest.version);
  expect((await berth.call("GET", "/healthz")).body).toMatchObject({ version: manifest.version });
});

async function command(...args: string[]): Promise<string> {
  const env = { ...berth.environment, PORT: new URL(berth.url).port };
  const { stdout } = await promisify(execFile)(process.execPath, [BERTH, ...args], { env });
  return stdout.trim();
}
