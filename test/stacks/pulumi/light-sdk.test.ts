// Every operation's process loads the SDK: what it loads in vain is paid again and again.
import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";

const ROOT = new URL("../../..", import.meta.url).pathname;
const PACKAGE = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\/.*/;

it("the SDK loads, and neither TypeScript nor Arborist with it", () => {
  expect(loaded("./stacks/pulumi/light-sdk.ts")).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/^(typescript|@npmcli\/arborist)$/)]),
  );
  expect(loaded()).toEqual(expect.arrayContaining(["@npmcli/arborist", "typescript"]));
});

/** The packages that are loaded with the SDK, after other modules. */
function loaded(...before: string[]): string[] {
  const imports = [...before, "@pulumi/pulumi", "@pulumi/pulumi/automation/index.js"];
  const program = `${imports.map((name) => `await import("${name}");`).join("\n")}
    const { default: module } = await import("node:module");
    console.log(JSON.stringify(Object.values(module._cache).map(({ filename, exports }) =>
      [filename, Object.keys(exports).length])));`;
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", program], {
    cwd: ROOT,
    encoding: "utf8",
  });
  const modules = JSON.parse(output) as [string, number][];
  const withContent = modules.filter(([, names]) => names > 0).map(([file]) => file.replace(PACKAGE, "$1"));
  return [...new Set(withContent)];
}
