// Children get what is wanted of the environment, and reach this machine without a proxy.

import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readConfig } from "../../../api/config/config.ts";
import { connectionsWithin, openFilesLimit } from "../../../api/config/descriptors.ts";
import { deadProxies } from "../../../api/config/proxy-check.ts";
import { assertWritable } from "../../../api/config/writable.ts";

const STRANGE = {
  LD_PRELOAD: "/tmp/evil.so",
  NODE_OPTIONS: "--require /tmp/evil.cjs",
  PULUMI_ACCESS_TOKEN: "pul-0123456789",
  PULUMI_NODEJS_PROJECT: "x",
  PULUMI_DEBUG_PROVIDERS: "docker:1",
  grpc_proxy: "http://127.0.0.1:9",
  GOOGLE_CREDENTIALS: "x",
  MY_OTHER_SECRET: "canary",
};
const KEYS = {
  BERTH_API_KEY: "test-key-0123456789",
  BERTH_METRICS_KEY: "test-key-0123456789",
  BERTH_ANTHROPIC_API_KEY: "sk-ant-0123456789",
  DATABASE_URL: "postgres://u:p@db/x",
  BERTH_ALLOW_SHARED_MODEL_KEYS: "yes",
  POLAR_ACCESS_TOKEN: "polar_0123456789",
  PULUMI_CONFIG_PASSPHRASE: "secret",
};

it("neither keys of the installation nor what nobody asked for reaches set-up or operations", () => {
  const config = readConfig({ HOME: "/", PATH: "/bin", ...STRANGE, ...KEYS, AWS_SECRET_ACCESS_KEY: "x" });
  for (const environment of [config.environment, config.operationsEnvironment]) {
    expect(environment.PATH).toBe("/bin");
    const names = [...Object.keys(STRANGE), ...Object.keys(KEYS), "AWS_SECRET_ACCESS_KEY"];
    expect(names.filter((name) => name in environment)).toEqual([]);
  }
});

it("a cloud's settings reach operations where the backend or the target is of that cloud", () => {
  const of = (extra: Record<string, string>) =>
    readConfig({ AWS_REGION: "a", AZURE_STORAGE_ACCOUNT: "b", PGSSLMODE: "c", ...extra })
      .operationsEnvironment;
  expect(of({ PULUMI_BACKEND_URL: "s3://bucket" })).toMatchObject({ AWS_REGION: "a" });
  expect(of({ PULUMI_BACKEND_URL: "s3://bucket" })).not.toHaveProperty("PGSSLMODE");
  expect(of({ PULUMI_BACKEND_URL: "azblob://c" })).toMatchObject({ AZURE_STORAGE_ACCOUNT: "b" });
  expect(of({ PULUMI_BACKEND_URL: "postgres://h/d" })).toMatchObject({ PGSSLMODE: "c" });
  expect(of({ BERTH_TARGET: "aws", BERTH_AWS_REGION: "eu-west-1" })).toMatchObject({ AWS_REGION: "a" });
});

it("proxies are passed on, and never for what is on this machine or for Docker's engine", () => {
  const { operationsEnvironment: environment } = readConfig({
    http_proxy: "http://127.0.0.1:9",
    NO_PROXY: "internal.example, 10.0.0.0/8",
    DOCKER_HOST: "tcp://docker.example:2376",
  });
  expect(environment.http_proxy).toBe("http://127.0.0.1:9");
  const direct = "internal.example,10.0.0.0/8,localhost,127.0.0.1,::1,docker.example";
  expect(environment).toMatchObject({ NO_PROXY: direct, no_proxy: direct, no_grpc_proxy: direct });
  expect(readConfig({}).operationsEnvironment).not.toHaveProperty("NO_PROXY");
});

it("a proxy that does not answer is named with its variable, and without its password", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const found = await deadProxies({
    http_proxy: "http://user:geheim@127.0.0.1:9",
    HTTPS_PROXY: `127.0.0.1:${port}`,
    ALL_PROXY: "",
  });
  server.close();
  expect(found).toEqual([
    expect.stringMatching(/^The proxy 127\.0\.0\.1:9 that http_proxy names does not answer/),
  ]);
  expect(found.join()).not.toContain("geheim");
});

it("without a home that can be written, children get one in the data folder; Pulumi's is Berth's own", () => {
  const data = "/srv/berth";
  for (const HOME of ["/nonexistent", "/dev/null", ""])
    expect(readConfig({ HOME, BERTH_DATA_DIR: data }).operationsEnvironment).toMatchObject({
      HOME: `${data}/home`,
      PULUMI_HOME: `${data}/home/.cache/berth/pulumi-home`,
    });
  const { environment } = readConfig({ HOME: tmpdir(), XDG_CACHE_HOME: "/var/cache" });
  expect(environment).toMatchObject({ HOME: tmpdir(), PULUMI_HOME: "/var/cache/berth/pulumi-home" });
});

it("all that can't be written is named at once, each with its setting", async () => {
  const folder = mkdtempSync(join(tmpdir(), "berth-writable-"));
  try {
    await assertWritable(readConfig({ HOME: folder, BERTH_DATA_DIR: join(folder, "data") }));
    const closed = readConfig({
      HOME: folder,
      BERTH_DATA_DIR: "/dev/null/data",
      BERTH_BACKUP_DIR: "/sys/backups",
      XDG_CACHE_HOME: join(folder, "cache"),
    });
    const refused = await assertWritable(closed).catch((error: Error) => error.message);
    expect(refused).toMatch(
      /can't write:\n {2}\/dev\/null\/data \(the data folder\): ENOTDIR.*BERTH_DATA_DIR/,
    );
    expect(refused).toMatch(/\n {2}\/sys\/backups \(backups\): E[A-Z]+\..*BERTH_BACKUP_DIR/);
    expect(refused).toMatch(/\n {2}\/dev\/null\/data\/state \(Pulumi's state\).*PULUMI_BACKEND_URL/);
    expect(refused).not.toContain("XDG_CACHE_HOME");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("connections stay below the files that may be open", () => {
  expect(openFilesLimit()).toBeGreaterThan(0);
  expect(connectionsWithin(2_000, undefined)).toBe(2_000);
  expect(connectionsWithin(2_000, 1_048_576)).toBe(2_000);
  expect(connectionsWithin(2_000, 256)).toBe(80);
  expect(connectionsWithin(2_000, 64)).toBe(8);
  expect(connectionsWithin(5, 1_048_576)).toBe(5);
});
