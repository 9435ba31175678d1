// Which parts the set-up chooses, and what it says where it can't go on. Programs on PATH are real executables.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { targetNamed } from "../../../infra/targets.ts";
import { cacheFolder } from "../../../infra/toolchain/cache.ts";
import { findDocker } from "../../../infra/toolchain/docker-engine.ts";
import { ensurePlugins, pluginFolders } from "../../../infra/toolchain/plugins.ts";
import { ensurePulumi, type PulumiCli } from "../../../infra/toolchain/pulumi-cli.ts";
import { giveUpForToday } from "../../../infra/toolchain/pulumi-site.ts";
import { PULUMI_VERSION } from "../../../infra/toolchain/versions.ts";

const SETUP_MODULE = new URL("../../../infra/toolchain/setup.ts", import.meta.url).href;
const TARGETS_MODULE = new URL("../../../infra/targets.ts", import.meta.url).href;

const pluginsOf = (target: string) => targetNamed(target).needs.plugins;
const SYSTEM = "/usr/bin:/bin";

/** Compiles nothing: the program that it "builds" prints the schema that was put beside the source. */
const GO_OF_THE_PLUGIN = `case "$1 $2" in
"list -m")
  mkdir -p module/cmd/pulumi-resource-kubernetes
  cd module/cmd/pulumi-resource-kubernetes
  echo '{"name":"kubernetes"}' > schema.json
  echo '{}' > terraform-mapping.json
  cd ../.. && pwd ;;
"build -v")
  for last; do [ "$previous" = -o ] && output="$last"; previous="$last"; done
  { echo '#!/bin/sh'; echo "printf %s '$(cat schema.json)'"; } > "$output/pulumi-resource-kubernetes"
  chmod 755 "$output/pulumi-resource-kubernetes" ;;
esac`;

let home: string;
let cache: string;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "berth-home-"));
  cache = await cacheFolder({ HOME: home });
  // Nothing is downloaded in these tests, whatever the network.
  await giveUpForToday(cache);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** An executable of that name in a folder of its own, which is returned. */
function program(folder: string, name: string, script = "exit 0"): string {
  const path = join(home, folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return dirname(path);
}

function environment(...folders: string[]): NodeJS.ProcessEnv {
  return { HOME: home, PATH: [...folders, SYSTEM].join(delimiter) };
}

describe("the Pulumi CLI", () => {
  const BUILT = `.cache/berth/pulumi-${PULUMI_VERSION}-built`;
  const OFFICIAL = `.cache/berth/pulumi-${PULUMI_VERSION}-official/bin`;

  it("is the one on PATH when that is new enough", async () => {
    const folder = program("new", "pulumi", "echo v3.300.1");
    program(BUILT, "pulumi");
    expect(await ensurePulumi(cache, environment(folder))).toEqual({
      path: join(folder, "pulumi"),
      version: "3.300.1",
      origin: "path",
    });
  });

  it.each(["echo v3.258.9", "echo v3.259.0-alpha.1", "echo nonsense", "exit 1"])(
    "is not the one on PATH that answers: %s",
    async (answer) => {
      const built = program(BUILT, "pulumi");
      const folder = program("old", "pulumi", answer);
      const pulumi = await ensurePulumi(cache, environment(folder));
      expect(pulumi).toEqual({ path: join(built, "pulumi"), version: PULUMI_VERSION, origin: "built" });
    },
  );

  it("is the second on PATH when only the first is too old", async () => {
    const folders = [program("old", "pulumi", "echo v3.1.0"), program("new", "pulumi", "echo v3.259.0")];
    expect((await ensurePulumi(cache, environment(...folders))).path).toBe(join(home, "new/pulumi"));
  });

  it("is the official download rather than one built here, also when the built one is on PATH", async () => {
    const built = program(BUILT, "pulumi", `echo v${PULUMI_VERSION}`);
    const official = program(OFFICIAL, "pulumi");
    const pulumi = await ensurePulumi(cache, environment(built));
    expect(pulumi).toMatchObject({ path: join(official, "pulumi"), origin: "download" });
  });

  it("can't be had without a download and without Go: the error says which step, why, and what to do", async () => {
    const failing = ensurePulumi(cache, { HOME: home, PATH: program("empty", "nothing") });
    await expect(failing).rejects.toThrow(
      /^Building Pulumi .* failed: .*no Go compiler[\s\S]*Install the Pulumi CLI[\s\S]*goes on from there\.$/,
    );
  });

  it("fails with the compiler's own words", async () => {
    const go = program("go", "go", 'echo "go: no space left on device" >&2; exit 1');
    const failing = ensurePulumi(cache, environment(go));
    await expect(failing).rejects.toThrow(/^Building Pulumi [\s\S]*no space left on device/);
  });
});

describe("a plugin", () => {
  const pulumi = (): PulumiCli => ({
    path: join(program("cli", "pulumi"), "pulumi"),
    version: PULUMI_VERSION,
    origin: "path",
  });
  const origins = async (...folders: string[]) => {
    const plugins = await ensurePlugins(cache, pulumi(), environment(...folders), pluginsOf("docker"));
    return Object.fromEntries(plugins.map(({ name, origin }) => [name, origin]));
  };

  it("is a stand-in where there is no official one", async () => {
    expect(await origins()).toEqual({ docker: "stand-in", command: "stand-in", nodejs: "stand-in" });
  });

  it("is the official one on PATH, beside the CLI, or in Pulumi's own folder", async () => {
    const onPath = program("plugins", "pulumi-resource-docker");
    program("cli", "pulumi-language-nodejs");
    program(".pulumi/plugins/resource-command-v1.2.1", "pulumi-resource-command");
    expect(await origins(onPath)).toEqual({ docker: "official", command: "official", nodejs: "official" });
  });

  it("of another clone is not taken for official, and does not hide one that is", async () => {
    const clone = program("clone/infra/toolchain/stand-ins/bin", "pulumi-resource-docker");
    expect((await origins(clone)).docker).toBe("stand-in");
    const official = program("plugins", "pulumi-resource-docker");
    expect((await origins(clone, official)).docker).toBe("official");
  });

  it("of AWS has no stand-in: without the official one the target aws is refused, with what to do", async () => {
    const ensure = (...folders: string[]) =>
      ensurePlugins(cache, pulumi(), environment(...folders), pluginsOf("aws"));
    await expect(ensure()).rejects.toThrow(/pulumi plugin install resource aws 7\.48\.0/);
    const official = program("plugins", "pulumi-resource-aws");
    expect((await ensure(official)).map(({ name }) => name)).toEqual(["aws", "command", "nodejs"]);
  });

  it("of Kubernetes is built from its module, once, where there is no official one", async () => {
    const version = "4.25.0";
    const executable = "pulumi-resource-kubernetes";
    const wanted = [{ name: "kubernetes", executable, version, hasStandIn: false }];
    const go = program("go", "go", GO_OF_THE_PLUGIN);
    const ensure = async () => (await ensurePlugins(cache, pulumi(), environment(go), wanted))[0];
    const path = join(cache, `${executable}-${version}-built`, executable);
    expect(await ensure()).toEqual({ name: "kubernetes", origin: "official", path });
    expect(spawnSync(path, { encoding: "utf8" }).stdout).toBe('{"name":"kubernetes","version":"4.25.0"}');
    program("go", "go", "exit 1");
    expect((await ensure())?.path).toBe(path);
    const official = program("plugins", executable);
    const [found] = await ensurePlugins(cache, pulumi(), environment(go, official), wanted);
    expect(found?.path).toBe(join(official, executable));
  });

  it("of Kubernetes can't be had without a download and without Go: the error says what to do", async () => {
    const wanted = [
      {
        name: "kubernetes",
        executable: "pulumi-resource-kubernetes",
        version: "4.25.0",
        hasStandIn: false,
      },
    ];
    const none = { HOME: home, PATH: program("empty", "nothing") };
    await expect(ensurePlugins(cache, pulumi(), none, wanted)).rejects.toThrow(
      /^Building Pulumi's plugin kubernetes 4\.25\.0 .*no Go compiler[\s\S]*pulumi plugin install resource kubernetes/,
    );
  });

  it("of another version in Pulumi's folder is not taken", async () => {
    program(".pulumi/plugins/resource-docker-v4.0.0", "pulumi-resource-docker");
    expect((await origins()).docker).toBe("stand-in");
  });

  it("that is official is found before the stand-ins, which share one folder", async () => {
    const folder = program(".pulumi/plugins/resource-docker-v5.2.0", "pulumi-resource-docker");
    const plugins = await ensurePlugins(cache, pulumi(), environment(), pluginsOf("docker"));
    expect(plugins.filter(({ origin }) => origin === "stand-in")).toHaveLength(2);
    expect(pluginFolders(plugins)[0]).toBe(folder);
  });
});

describe("the container engine", () => {
  it("that DOCKER_HOST names must answer: nothing is installed instead", async () => {
    const failing = findDocker({ ...environment(), DOCKER_HOST: `unix://${home}/none.sock` });
    await expect(failing).rejects.toThrow(
      /^Finding a container engine failed: .*none\.sock[\s\S]*unset DOCKER_HOST/,
    );
  });

  it("that answers is used as it is", async () => {
    expect(await findDocker(environment())).toMatchObject({ origin: "running" });
  });
});

describe("set-up", () => {
  it("with nothing missing does no step, and leaves stdout alone", () => {
    const program = `
      import { setUp } from ${JSON.stringify(SETUP_MODULE)};
      import { targetNamed } from ${JSON.stringify(TARGETS_MODULE)};
      await setUp({ environment: process.env, needs: targetNamed("docker").needs });`;
    const run = () =>
      spawnSync(process.execPath, ["--input-type=module-typescript", "--eval", program], {
        encoding: "utf8",
      });
    run();
    const second = run();
    expect(second.status).toBe(0);
    expect(second.stdout).toBe("");
    expect(second.stderr).not.toMatch(/…|done in|failed/);
  });
});
