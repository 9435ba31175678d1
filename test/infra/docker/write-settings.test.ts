// Whatever stands where openclaw.json should be, Berth's keys are written, and what was there is kept: with real volumes. An
// assistant that runs is a container of the tiny image; its plugin is a fake on loopback.
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { resourceName } from "../../../infra/args.ts";
import { HANDED_PATH, secretsInFile } from "../../../infra/assistant/openclaw.ts";
import { pluginFiles } from "../../../infra/assistant/plugin-files.ts";
import { remarksIn } from "../../../infra/assistant/remarks.mjs";
import { remarksSince } from "../../../infra/docker/set-aside-mark.ts";
import { docker } from "../../support/docker.ts";
import { freePort } from "../../support/free-port.ts";
import { FakePlugin } from "../../support/plugin.ts";
import { ensureTinyImages } from "../../support/tiny-image.ts";

const OWNED = { gateway: { mode: "local", port: 18789 } };
const SCRIPT = fileURLToPath(new URL("../../../infra/docker/commands/write-settings.ts", import.meta.url));
const ID = crypto.randomUUID();

const plugin = new FakePlugin();
let nobody: string;
let folder: string;
let image: string;
let volume: string;
let handed: string;
/** Of each volume a container in which it is looked at, once it has been. */
const readers = new Map<string, string>();
beforeAll(async () => {
  image = (await ensureTinyImages()).healthy;
  folder = mkdtempSync(join(tmpdir(), "berth-settings-"));
  await plugin.open();
  nobody = `http://127.0.0.1:${await freePort()}`;
});
afterAll(() => {
  plugin.close();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  volume = `berth-settings-${crypto.randomUUID()}`;
  handed = `${volume}-handed`;
  for (const Name of [volume, handed]) await docker.createVolume({ Name });
});
afterEach(async () => {
  await removeReaders();
  for (const name of [volume, handed]) await docker.getVolume(name).remove();
});

it("an empty volume gets Berth's keys", () => {
  written();
  expect(settings()).toEqual(OWNED);
  expect(inVolume("ls")).toBe("openclaw.json\n");
});

it("what is handed over is the secrets, for the assistant alone, and the plugin", () => {
  written();
  expect(inHanded("ls; ls plugin").split("\n")).toEqual([
    "f1.json",
    "plugin",
    ...pluginFiles()
      .map(({ name }) => name)
      .toSorted(),
    "",
  ]);
  expect(inHanded("cat f1.json")).toBe('{"gateway":"token of f1"}');
  expect(inHanded("ls -ln f1.json")).toMatch(/^-r-------- +1 1000 +1000/);
  for (const { name, text } of pluginFiles()) expect(inHanded(`cat plugin/${name}`)).toBe(text);
});

it("so is the certificate of a gateway's CA, for everybody to read, where there is a gateway", () => {
  written({ gatewayCa: "-----BEGIN CERTIFICATE-----\n" });
  expect(inHanded("cat model-gateway-ca.pem")).toBe("-----BEGIN CERTIFICATE-----\n");
  expect(inHanded("ls -ln model-gateway-ca.pem")).toMatch(/^-r--r--r-- +1 1000 +1000/);
});

it("Berth's keys alone are changed: comments, long numbers and line ends stay", () => {
  const text = "\ufeff// mine\r\n{ids: [123456789012345678,], gateway: {mode: 'remote', port: 18789}}\r\n";
  put(text);
  expect(written()).toBe("");
  expect(inVolume("cat openclaw.json")).toBe(text.replace("'remote'", '"local"'));
  const commented = '// mine\n{gateway: {mode: "local", port: 18789}}';
  put(commented);
  written();
  expect(inVolume("cat openclaw.json")).toBe(commented);
});

it("what can't be read is set aside, and the last settings that were accepted are taken", () => {
  put("{broken");
  put(JSON.stringify({ mine: 1, ...OWNED }), "openclaw.json.last-good");
  expect(written()).toContain("SETTINGS_SET_ASIDE");
  expect(settings()).toEqual({ mine: 1, ...OWNED });
  expect(inVolume("cat openclaw.json.unreadable-*")).toBe("{broken");
  expect(inVolume("ls -ln openclaw.json")).toMatch(/^-rw------- +1 1000 +1000/);
});

it("that something was set aside outlives who was to report it, and the assistant can't make it up", async () => {
  const name = resourceName(ID);
  const Binds = [`${handed}:${HANDED_PATH}:ro`];
  const container = await docker.createContainer({ name, Image: image, HostConfig: { Binds } });
  try {
    const startedAt = Date.now();
    written();
    expect(await remarksSince(ID, startedAt)).toEqual([]);
    put("{broken");
    const said = remarksIn(written());
    expect(said).toHaveLength(1);
    expect(await remarksSince(ID, startedAt)).toEqual(said);
    expect(await remarksSince(ID, Date.now() + 1)).toEqual([]);
    written();
    expect(await remarksSince(ID, startedAt), "another run has nothing to remark").toEqual(said);
    expect(inHanded("ls -ln set-aside.json")).toMatch(/^-r--r--r-- +1 0 +0/);
  } finally {
    await container.remove({ force: true });
  }
  expect(await remarksSince(ID, 0), "without a container").toEqual([]);
});

it("so is what the assistant has refused, once told so", () => {
  put('{"flux": 1}');
  written();
  expect(settings()).toEqual({ flux: 1, ...OWNED });
  written({ settingsRefused: "operation" });
  expect(settings()).toEqual(OWNED);
  expect(inVolume("cat openclaw.json.unreadable-*")).toContain("flux");
});

it("a folder in its place is set aside with what it holds", () => {
  inVolume(
    "mkdir -p openclaw.json/deep; echo precious > openclaw.json/deep/file; ln -s deep openclaw.json/link",
  );
  written();
  expect(settings()).toEqual(OWNED);
  expect(inVolume("cat openclaw.json.unreadable-*/deep/file")).toBe("precious\n");
});

it("a link to another file of the volume is followed, and stays one", () => {
  inVolume("mkdir conf; ln -s conf alias; ln -s alias/real.json openclaw.json");
  put("{mine: 123456789012345678}", "conf/real.json");
  written();
  expect(inVolume("cat conf/real.json")).toContain("{mine: 123456789012345678, ");
  expect(inVolume("readlink openclaw.json")).toBe("alias/real.json\n");
  put("garbage{", "conf/real.json");
  expect(written()).toContain("SETTINGS_SET_ASIDE");
  expect(settings()).toEqual(OWNED);
  expect(inVolume("readlink openclaw.json")).toBe("alias/real.json\n");
  expect(inVolume("cat openclaw.json.unreadable-*")).toBe("garbage{");
});

it("a link that leads out of the volume, or nowhere, is set aside, and neither read nor written through", () => {
  const targets = ["/etc/passwd", "../../../etc/passwd", "/nowhere"];
  for (const [index, target] of targets.entries()) {
    inVolume(`rm -f openclaw.json; ln -s ${target} openclaw.json`);
    written();
    expect(settings()).toEqual(OWNED);
    const kept = inVolume("for one in openclaw.json.unreadable-*; do readlink $one; done").trim().split("\n");
    expect(kept).toEqual(targets.slice(0, index + 1));
  }
});

it("a file that costs nothing, as it is all holes, costs nothing when it is set aside either", () => {
  inVolume("dd if=/dev/zero of=openclaw.json bs=1 count=0 seek=3G 2>/dev/null");
  written();
  expect(settings()).toEqual(OWNED);
  expect(inVolume("ls -l openclaw.json.unreadable-*")).toContain(` ${3 * 1024 ** 3} `);
  expect(Number(/^\d+/.exec(inVolume("du -skx ."))?.[0])).toBeLessThan(1024);
});

it("what is set aside is kept where the folder is closed, and a fifo and a link as they are", () => {
  for (const odd of [
    "mkfifo openclaw.json",
    "ln -s ../../../../etc/passwd openclaw.json",
    "mkdir openclaw.json",
  ]) {
    inVolume(`chmod 0755 .; rm -rf openclaw.json*; ${odd}; chmod 0555 .`);
    written();
    expect(settings()).toEqual(OWNED);
  }
  expect(inVolume("ls -ld openclaw.json.unreadable-*")).toMatch(/^d/);
});

it("of a file that is far too large the beginning is read, and all of it kept", () => {
  inVolume("printf '{' > openclaw.json; dd if=/dev/zero bs=1048576 count=40 >> openclaw.json 2>/dev/null");
  written();
  expect(settings()).toEqual(OWNED);
  expect(inVolume("ls -l openclaw.json.unreadable-*")).toContain(" 41943041 ");
});

describe("a user of its own", () => {
  const UID = 2_100_020_000;

  it("gets everything of the data, whoever's it was: closed folders, links themselves, and nothing beyond", () => {
    asRoot(`mkdir -p deep/closed; echo x > deep/closed/file; ln deep/closed/file hard; mkfifo fifo
      ln -s /etc soft; ln -s ../../.. out; busybox chown -R -h ${UID - 1}:${UID - 1} deep; chmod 0 deep/closed
      echo x > setuid; chmod 4711 setuid
      echo x > "$(printf 'line\\nend')"; echo x > "$(printf '\\377')"; chmod 0500 .`);
    expect(written({ uid: UID })).toBe("");
    expect(asRoot(`find . ! -user ${UID} -o ! -group ${UID}`)).toBe("");
    expect(asRoot("ls -ldn deep/closed openclaw.json")).toMatch(
      new RegExp(`^d--------- .*\n-rw------- +1 ${UID} +${UID} `),
    );
    expect(inHanded("ls -ln f1.json")).toMatch(new RegExp(`^-r-------- +1 ${UID} +${UID} `));
    expect(JSON.parse(asRoot("cat openclaw.json"))).toEqual(OWNED);
  });

  it("that was cut off, or got a file by hand since, is made up for", () => {
    written({ uid: UID });
    asRoot("mkdir late; echo x > late/file");
    written({ uid: UID + 1 });
    expect(asRoot(`find . ! -user ${UID + 1}`)).toBe("");
  });

  it("finds the compiled code under its own id", async () => {
    const codeCache = `${volume}-cache`;
    await docker.createVolume({ Name: codeCache });
    try {
      inside(codeCache, "mkdir -p node/v24-x64-00-1000; echo code > node/v24-x64-00-1000/a; chmod 0555 node");
      for (let turn = 0; turn < 2; turn++) written({ uid: UID, codeCache });
      expect(inside(codeCache, `cat node/v24-x64-00-${UID}/a; ls node | wc -l`)).toMatch(/^code\n *2\n$/);
    } finally {
      await removeReaders();
      await docker.getVolume(codeCache).remove();
    }
  });

  describe("from an image without any program", () => {
    const image = `berth-test-bare-${crypto.randomUUID()}`;
    beforeAll(() => {
      execFileSync("docker", ["import", "-", image], { input: Buffer.alloc(10_240), stdio: "pipe" });
    });
    afterAll(() => docker.getImage(image).remove());

    it("gets a few files as they are", () => {
      asRoot(`mkdir -m 0710 -p deep/empty; echo x > deep/file; chmod 4751 deep/file; touch -d @1000000000 deep/file
        chmod 0700 .`);
      expect(written({ uid: UID, image })).toBe("");
      expect(asRoot(`find . ! -user ${UID} -o ! -group ${UID}`)).toBe("");
      expect(asRoot("stat -c '%a %Y' deep/file; cat deep/file; stat -c %a . deep/empty")).toBe(
        "4751 1000000000\nx\n700\n710\n",
      );
    });

    it("is refused when there is more", () => {
      asRoot("head -c 300000 /dev/urandom > large");
      expect(() => written({ uid: UID, image })).toThrow(/has no sh, find, chown and ln/);
    });
  });
});

describe("an assistant that runs, with a fake plugin,", () => {
  const withRefs = (fingerprint: string) => {
    const { secrets } = secretsInFile(`/run/berth/${fingerprint}.json`);
    return { settings: { ...OWNED, secrets }, secretsFingerprint: fingerprint };
  };

  beforeEach(async () => {
    plugin.token = "token of f2";
    plugin.settings = { isValid: true, problems: [], isInForce: true };
    plugin.asked.length = 0;
    written(withRefs("f1"));
    await run();
  });
  afterEach(() => docker.getContainer(resourceName(ID)).remove({ force: true }));

  it("has taken them when this ends; the secrets that it had are emptied", async () => {
    put(JSON.stringify({ mine: 1, ...settings() }));
    await writtenTo(withRefs("f2"));
    expect(plugin.asked).toEqual(["GET /berth/settings", "GET /berth/settings"]);
    expect(settings()).toMatchObject({
      mine: 1,
      secrets: { providers: { berth: { path: "/run/berth/f2.json" } } },
    });
    expect(inVolume("ls")).toBe("openclaw.json\n");
    expect(inVolume("ls -ln openclaw.json")).toMatch(/^-rw------- +1 1000 +1000/);
    expect(inHanded("cat f1.json")).toBe("{}");
    expect(inHanded("cat f2.json")).toBe('{"gateway":"token of f2"}');
  });

  it("is waited for while it has not taken them yet", async () => {
    plugin.settings = { isValid: true, problems: [], isInForce: true, revision: "f1" };
    const writing = writtenTo(withRefs("f2"));
    await expect.poll(() => plugin.asked.length).toBeGreaterThan(2);
    plugin.settings = { isValid: true, problems: [], isInForce: true, revision: "f2" };
    await writing;
    expect(inHanded("cat f1.json")).toBe("{}");
  });

  it("that refuses them keeps those that it had, to the letter, and the secrets that it had", async () => {
    const commented = `// mine\n${JSON.stringify({ flux: 1, ...settings() })}`;
    put(commented);
    plugin.settings = {
      isValid: false,
      isInForce: false,
      problems: ["<root>: Unrecognized key", "flux: no"],
    };
    await expect(writtenTo(withRefs("f2"))).rejects.toMatchObject({
      code: 1,
      stderr:
        "The running assistant refuses its new settings.\nassistant| <root>: Unrecognized key; flux: no\n",
    });
    expect(inVolume("cat openclaw.json")).toBe(commented);
    expect(inVolume("ls")).toBe("openclaw.json\n");
    expect(inHanded("cat f1.json")).toBe('{"gateway":"token of f1"}');
    expect(inHanded("cat f2.json")).toBe("{}");
  });

  it("takes them in a container without `mv`, too", async () => {
    await docker.getContainer(resourceName(ID)).remove({ force: true });
    await run(["PATH=/nowhere"]);
    await writtenTo(withRefs("f2"));
    expect(settings()).toMatchObject({ secrets: { providers: { berth: { path: "/run/berth/f2.json" } } } });
  });

  it("is not asked when nothing is to be written", async () => {
    await writtenTo(withRefs("f1"));
    expect(plugin.asked).toEqual([]);
  });
});

async function run(environment: string[] = []): Promise<void> {
  const Binds = [`${volume}:/home/node/.openclaw`, `${handed}:/run/berth:ro`];
  const HostConfig = { Binds, NetworkMode: "none" };
  const options = { name: resourceName(ID), Image: image, Env: environment, HostConfig };
  await (await docker.createContainer(options)).start();
}

function written(more: object = {}): string {
  return execFileSync(process.execPath, [SCRIPT], { input: input(more), encoding: "utf8", timeout: 120_000 });
}

/** The same while this process answers as the plugin. */
async function writtenTo(more: object): Promise<void> {
  const writing = promisify(execFile)(process.execPath, [SCRIPT], { timeout: 120_000 });
  writing.child.stdin?.end(input({ endpoint: plugin.url, ...more }));
  await writing;
}

function input(more: { readonly secretsFingerprint?: string; readonly endpoint?: string }): string {
  const { secretsFingerprint = "f1" } = more;
  const secretsFile = join(folder, `${secretsFingerprint}.json`);
  writeFileSync(secretsFile, JSON.stringify({ gateway: `token of ${secretsFingerprint}` }));
  const places = { deploymentId: ID, volume, handed, image, endpoint: nobody };
  return JSON.stringify({ ...places, settings: OWNED, secretsFile, secretsFingerprint, ...more });
}

function settings(): object {
  return JSON.parse(inVolume("cat openclaw.json"));
}

function put(text: string, name = "openclaw.json"): void {
  inVolume(`cat > ${name}`, text);
}

function inVolume(command: string, input = ""): string {
  return inside(volume, command, input);
}

/** Whoever's it is. */
function asRoot(command: string): string {
  return inside(volume, command, "", "0:0");
}

function inHanded(command: string): string {
  return inside(handed, command);
}

function inside(name: string, command: string, input = "", user = "1000:1000"): string {
  const exec = ["exec", "-i", "--user", user, readerOf(name), "sh", "-c", `cd .openclaw; ${command}`];
  return execFileSync("docker", exec, { input, encoding: "utf8", timeout: 120_000 });
}

async function removeReaders(): Promise<void> {
  for (const id of readers.values()) await docker.getContainer(id).remove({ force: true });
  readers.clear();
}

function readerOf(name: string): string {
  const known = readers.get(name);
  if (known) return known;
  const flags = ["--detach", "--network", "none", "-v", `${name}:/home/node/.openclaw`];
  const id = execFileSync("docker", ["run", ...flags, image, "sleep", "3600"], { encoding: "utf8" }).trim();
  readers.set(name, id);
  return id;
}
