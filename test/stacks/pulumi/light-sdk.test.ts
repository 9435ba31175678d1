// Every operation's process loads the SDK: what it loads in vain is paid again and again. The server does without.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const PACKAGE = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\/.*/;
const SDK = ["@pulumi/pulumi", "@pulumi/pulumi/automation/index.js"];
const HEAVY = expect.stringMatching(/^(typescript|@npmcli\/arborist)$/);

it("the SDK loads, and neither TypeScript nor Arborist with it", () => {
  const light = loaded("./stacks/pulumi/light-sdk.ts", ...SDK);
  expect(light).toContain("@pulumi/pulumi");
  expect(light).not.toEqual(expect.arrayContaining([HEAVY]));
  expect(loaded(...SDK)).toEqual(expect.arrayContaining([HEAVY]));
});

it("dockerode loads, and neither gRPC nor SSH with it, until an engine is asked by that", () => {
  const light = loaded("./infra/toolchain/light-docker.ts", "dockerode");
  expect(light).toContain("dockerode");
  const heavy = expect.stringMatching(/^(@grpc\/grpc-js|ssh2|protobufjs)$/);
  expect(light).not.toEqual(expect.arrayContaining([heavy]));
  expect(loaded("dockerode")).toEqual(expect.arrayContaining([heavy]));
  const client = `const { default: ssh } = await import("docker-modem/lib/ssh.js");
    ssh({});`;
  expect(loadedThen(client, "./infra/toolchain/light-docker.ts", "dockerode")).toContain("ssh2");
});

it("the server loads none of it", () => {
  const packages = loaded("./api/server.ts");
  expect(packages).toContain("express");
  expect(packages).not.toContain("@pulumi/pulumi");
});

/** The packages of CommonJS that these modules load, and that are not empty. */
function loaded(...modules: string[]): string[] {
  return loadedThen("", ...modules);
}

/** The same after a program has run. */
function loadedThen(then: string, ...modules: string[]): string[] {
  const program = `${modules.map((name) => `await import("${name}");`).join("\n")}
    ${then}
    const { default: module } = await import("node:module");
    console.log(JSON.stringify(Object.entries(module._cache).map(([file, { exports }]) =>
      [file, Object.keys(exports).length])));`;
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", program], {
    cwd: ROOT,
    encoding: "utf8",
  });
  const found = JSON.parse(output) as [string, number][];
  const withContent = found.filter(([, names]) => names > 0).map(([file]) => file.replace(PACKAGE, "$1"));
  return [...new Set(withContent)];
}
