// The login of a registry is found where Docker's own CLI finds it, with real helper programs.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { findLogin } from "../../../infra/docker/images/registry-login.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "berth-logins-"));
  helper(
    "good",
    `read -r registry; printf '{"ServerURL":"%s","Username":"of-%s","Secret":"s3"}' $registry $registry`,
  );
  helper("token", `printf '{"Username":"<token>","Secret":"t0k3n"}'`);
  helper("empty", "echo credentials not found in native keychain; exit 1");
  helper("broken", "echo canary; echo canary >&2; exit 3");
  helper("garbled", "echo canary");
});
afterAll(() => rmSync(folder, { recursive: true }));

const AUTH = Buffer.from("me:se:cret").toString("base64");
const HUB = "https://index.docker.io/v1/";

it.each<[string, object, string, object]>([
  ["nothing", {}, "ghcr.io/a/b", {}],
  [
    "auths",
    { auths: { "ghcr.io": { auth: AUTH } } },
    "ghcr.io/a/b",
    { login: { serveraddress: "ghcr.io", username: "me", password: "se:cret" } },
  ],
  [
    "auths of an older form",
    { auths: { "https://r.example:5000/v1/": { username: "me", password: "x" } } },
    "r.example:5000/a",
    { login: { serveraddress: "r.example:5000", username: "me", password: "x" } },
  ],
  [
    "auths of Docker Hub",
    { auths: { [HUB]: { auth: AUTH } } },
    "docker.io/library/busybox",
    { login: { serveraddress: HUB, username: "me", password: "se:cret" } },
  ],
  [
    "a token",
    { auths: { "ghcr.io": { auth: AUTH, identitytoken: "t" } } },
    "ghcr.io/a/b",
    { login: { serveraddress: "ghcr.io", identitytoken: "t" } },
  ],
  ["auths of another registry", { auths: { "quay.io": { auth: AUTH } } }, "ghcr.io/a/b", {}],
  ["an entry without a login", { auths: { "ghcr.io": {} } }, "ghcr.io/a/b", {}],
  [
    "the helper of the registry, before the store and auths",
    { credHelpers: { "ghcr.io": "good" }, credsStore: "broken", auths: { "ghcr.io": { auth: AUTH } } },
    "ghcr.io/a/b",
    { login: { serveraddress: "ghcr.io", username: "of-ghcr.io", password: "s3" } },
  ],
  [
    "the store",
    { credHelpers: { "quay.io": "broken" }, credsStore: "good", auths: { [HUB]: {} } },
    "docker.io/me/app",
    { login: { serveraddress: HUB, username: `of-${HUB}`, password: "s3" } },
  ],
  [
    "a store with a token",
    { credsStore: "token" },
    "ghcr.io/a",
    { login: { serveraddress: "ghcr.io", identitytoken: "t0k3n" } },
  ],
  ["a store that knows none", { credsStore: "empty" }, "ghcr.io/a", {}],
  ["a store that fails", { credsStore: "broken" }, "ghcr.io/a", failing("broken ended with 3")],
  ["a store that is not there", { credsStore: "none" }, "ghcr.io/a", failing("none ended with ENOENT")],
  [
    "a store that answers oddly",
    { credsStore: "garbled" },
    "ghcr.io/a",
    failing("garbled gave no login that can be read"),
  ],
])("%s", async (_what, config, repository, found) => {
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  expect(await findLogin(logins(), repository)).toEqual(found);
});

it("without a config there is none, and one that can't be read is told of without its content", async () => {
  const configFile = join(folder, "none", "config.json");
  expect(await findLogin({ ...logins(), configFile }, "ghcr.io/a")).toEqual({});
  writeFileSync(join(folder, "config.json"), '{"auths": canary');
  const found = await findLogin(logins(), "ghcr.io/a");
  expect(found).toEqual({ failure: `${join(folder, "config.json")} can't be read` });
});

function logins() {
  const { PATH } = process.env;
  return { configFile: join(folder, "config.json"), environment: { PATH: `${folder}:${PATH}` } };
}

function failing(how: string): object {
  return { failure: `docker-credential-${how}` };
}

function helper(name: string, script: string): void {
  writeFileSync(join(folder, `docker-credential-${name}`), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}
