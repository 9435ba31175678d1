import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { TARGETS } from "../../../infra/targets.ts";
import { commandProvider } from "../../../infra/toolchain/stand-ins/command-provider.ts";
import { dockerProvider } from "../../../infra/toolchain/stand-ins/docker-provider.ts";
import { PULUMI_VERSION, pluginVersion } from "../../../infra/toolchain/versions.ts";

const installed = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../node_modules/${name}/package.json`, import.meta.url), "utf8"))
    .version;

it("the plugin of every SDK, and its stand-in, has the SDK's own version", () => {
  const plugins = [...TARGETS.values()].flatMap(({ needs }) => needs.plugins);
  expect(plugins.map(({ name }) => name)).toEqual(["docker", "aws", "kubernetes"]);
  for (const { name, version } of plugins) expect(version).toBe(installed(`@pulumi/${name}`));
  expect(dockerProvider.version).toBe(installed("@pulumi/docker"));
  expect(commandProvider.version).toBe(installed("@pulumi/command"));
});

it("the CLI that is built is the one that is asked for", () => {
  const goMod = readFileSync(new URL("../../../infra/toolchain/pulumi-cli/go.mod", import.meta.url), "utf8");
  expect(goMod).toContain(`github.com/pulumi/pulumi/pkg/v3 v${PULUMI_VERSION} `);
  expect(goMod).toContain(`github.com/pulumi/pulumi/sdk/v3 v${PULUMI_VERSION} `);
});

it("an SDK that Berth doesn't depend on has no plugin's version", () => {
  expect(() => pluginVersion("@pulumi/none")).toThrow("package.json names no @pulumi/none.");
});
