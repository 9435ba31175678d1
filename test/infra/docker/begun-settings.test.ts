// What is made ready of an assistant's settings while Pulumi starts, with real volumes: the data is as it was until the stack's
// command is run, and that finds everything done or does it itself.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type Docker from "dockerode";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { resourceName } from "../../../infra/args.ts";
import { STATE_PATH } from "../../../infra/assistant/image-contract.ts";
import { HANDED_PATH } from "../../../infra/assistant/openclaw.ts";
import { beginHanding } from "../../../infra/docker/begun-settings.ts";
import { DEPLOYMENT_LABEL, handedVolumeName } from "../../../infra/docker/names.ts";
import { askedIn } from "../../../infra/docker/settings-asked.ts";
import { writeSettings } from "../../../infra/docker/settings-writer.ts";
import { docker } from "../../support/docker.ts";
import { freePort } from "../../support/free-port.ts";
import { ensureTinyImages } from "../../support/tiny-image.ts";

const UID = 2_100_031_000;

let image: string;
/** Nobody listens there. */
let port: number;
let folder: string;
let id: string;
let volume: string;
beforeAll(async () => {
  image = (await ensureTinyImages()).healthy;
  port = await freePort();
  folder = mkdtempSync(join(tmpdir(), "berth-begun-"));
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  id = crypto.randomUUID();
  volume = resourceName(id);
  await docker.createVolume({ Name: volume });
});
afterEach(async () => {
  for (const name of [volume, handedVolumeName(id)])
    await docker
      .getVolume(name)
      .remove()
      .catch(() => {});
});

it("leaves what an assistant has as it was until the command, which puts all there by the way that is open", async () => {
  await inData("echo '{mine: 1}' > openclaw.json; chown -R 1000:1000 .");
  const end = beginHanding(id, config("f1"), []);
  await expect.poll(doors).toHaveLength(1);
  const [door] = await doors();
  expect(await inData("cat openclaw.json")).toBe("{mine: 1}\n");
  expect(await inData("ls -ln openclaw.json")).toContain(" 1000 ");
  expect(await writeSettings(askedIn(id, config("f1")))).toMatchObject({ exitCode: 0, stdout: "" });
  await end();
  expect(await doors()).not.toContain(door);
  expect(await inData("cat openclaw.json")).toContain("mine: 1");
  expect(await inData("ls -ln openclaw.json")).toMatch(new RegExp(`^-rw------- +1 ${UID} +${UID}`));
  expect(await inHanded("cat f1.json")).toBe('{"gateway":"token of f1"}');
  const { Labels } = await docker.getVolume(handedVolumeName(id)).inspect();
  expect(Labels?.[DEPLOYMENT_LABEL]).toBe(id);
});

it("has put everything there before the command where nobody has settings yet", async () => {
  const end = beginHanding(id, config("f1"), []);
  await end();
  expect(await inData("ls -ln openclaw.json")).toMatch(new RegExp(`^-rw------- +1 ${UID} +${UID}`));
  expect(await inHanded("cat f1.json")).toBe('{"gateway":"token of f1"}');
});

it("has handed everything over before the command where the data is as it is to be", async () => {
  await brought("f1");
  await docker.getVolume(handedVolumeName(id)).remove();
  const end = beginHanding(id, config("f1"), []);
  await end();
  expect(await inHanded("cat f1.json")).toBe('{"gateway":"token of f1"}');
  expect(await doors()).toEqual([]);
});

it("leaves no secrets of an assistant that Pulumi has refused to start", async () => {
  const end = beginHanding(id, config("f1"), []);
  await expect.poll(doors).toHaveLength(1);
  await end("refused");
  expect(await doors()).toEqual([]);
  expect(await volumes()).toEqual([volume]);
});

it("is not used for what was asked differently since", async () => {
  const end = beginHanding(id, config("f1"), []);
  await expect.poll(doors).toHaveLength(1);
  await writeSettings(askedIn(id, config("f2")));
  await end();
  expect(await inData("cat openclaw.json")).toContain('"f2"');
  expect(await inHanded("cat f2.json")).toBe('{"gateway":"token of f2"}');
  expect(await doors()).toEqual([]);
});

it("empties the secrets that the settings named before", async () => {
  await brought("a1");
  await brought("a2");
  expect(await inHanded("cat a1.json")).toBe("{}");
  expect(await inData("cat openclaw.json")).toContain("/a2.json");
});

it.each([
  ["a broken file", "echo {broken > openclaw.json"],
  ["a folder", "mkdir openclaw.json; echo {} > openclaw.json/mine"],
  ["a link", "echo {} > mine; ln -s /mine openclaw.json"],
])("leaves %s that can't be edited to the command, which sets it aside", async (_what, make) => {
  await inData(`${make}; chown -R 1000:1000 .`);
  const before = await inData("ls -lR");
  const end = beginHanding(id, config("f1"), []);
  await end();
  expect(await inData("ls -lR")).toBe(before);
  expect((await writeSettings(askedIn(id, config("f1")))).stdout).toContain("SETTINGS_SET_ASIDE");
});

describe("of an assistant that runs", () => {
  const resources = [
    { type: "docker:index/container:Container", id: "c" },
    { type: "command:local:Command", id: "s", outputs: { stdin: "{}" } },
  ];
  const kept = (fingerprint: string) => ({ ...config(fingerprint), startedWith: "a0" });
  let container: Docker.Container;
  beforeEach(async () => {
    await brought("a0");
    const binds = [`${volume}:${STATE_PATH}`, `${handedVolumeName(id)}:${HANDED_PATH}:ro`];
    const HostConfig = { Binds: binds, NetworkMode: "none" };
    const made = { name: resourceName(id), Image: image, User: `${UID}:${UID}`, Cmd: ["sleep", "600"] };
    container = await docker.createContainer({ ...made, HostConfig });
    await container.start();
  });
  afterEach(async () => container.remove({ force: true }));

  it("has the new file beside its own before the command, which moves it there", async () => {
    const before = await inData("cat openclaw.json");
    const end = beginHanding(id, kept("f1"), resources);
    await expect.poll(() => inData("ls")).toBe("openclaw.json\nopenclaw.json.new\n");
    await expect.poll(() => inData("cat openclaw.json.new")).toContain("/f1.json");
    expect(await inData("cat openclaw.json")).toBe(before);
    expect(await inHanded("cat f1.json")).toBe('{"gateway":"token of f1"}');
    await writeSettings(askedIn(id, kept("f1")));
    await end();
    expect(await inData("ls")).toBe("openclaw.json\n");
    expect(await inData("cat openclaw.json")).toContain("/f1.json");
    expect(await inHanded("cat a0.json")).toBe("{}");
    expect(await doors()).toEqual([]);
  });

  it("is taken back where Pulumi has refused to change anything", async () => {
    const before = await inData("cat openclaw.json");
    const end = beginHanding(id, kept("f1"), resources);
    await expect.poll(() => inData("cat openclaw.json.new 2>&1")).toContain("/f1.json");
    await end("refused");
    expect(await inHanded("cat f1.json")).toBe("{}");
    expect(await inHanded("cat a0.json")).toBe('{"gateway":"token of a0"}');
    await expect.poll(() => inData("ls")).toBe("openclaw.json\n");
    expect(await inData("cat openclaw.json")).toBe(before);
    expect(await doors()).toEqual([]);
  });

  it("keeps what that has written meanwhile", async () => {
    const end = beginHanding(id, kept("f1"), resources);
    await expect.poll(() => inData("cat openclaw.json.new 2>&1")).toContain("/f1.json");
    await inData(
      "tail -c +2 openclaw.json > rest; { echo '{\"mine\": 1,'; cat rest; } > openclaw.json; rm rest",
    );
    await writeSettings(askedIn(id, kept("f1")));
    await end();
    expect(JSON.parse(await inData("cat openclaw.json"))).toMatchObject({ mine: 1, named: "f1" });
  });

  it("is made anew where that has removed its own meanwhile", async () => {
    const end = beginHanding(id, kept("f1"), resources);
    await expect.poll(() => inData("cat openclaw.json.new 2>&1")).toContain("/f1.json");
    await inData("rm openclaw.json");
    expect(await writeSettings(askedIn(id, kept("f1")))).toMatchObject({ exitCode: 0 });
    await end();
    expect(await inData("cat openclaw.json")).toContain("/f1.json");
  });

  it("is not begun where nothing is to be written, nor where the container is to be another", async () => {
    const stdin = JSON.stringify(askedIn(id, kept("f1")));
    const [has, wrote] = resources;
    await beginHanding(id, kept("f1"), [has, { ...wrote, outputs: { stdin } }] as typeof resources)();
    await beginHanding(id, { ...kept("f1"), startedWith: "f1" }, resources)();
    expect(await inData("ls")).toBe("openclaw.json\n");
  });
});

it.each(["docker:index/container:Container", "command:local:Command"])(
  "is not begun for a stack that has a %s",
  async (type) => {
    await beginHanding(id, config("f1"), [{ type, id: "one" }])();
    expect(await volumes()).not.toContain(handedVolumeName(id));
  },
);

it("is not begun beside a container of that name, nor where the data is gone", async () => {
  const container = await docker.createContainer({ name: resourceName(id), Image: image });
  await beginHanding(id, config("f1"), [])();
  await container.remove();
  expect(await volumes()).not.toContain(handedVolumeName(id));
  await docker.getVolume(volume).remove();
  await beginHanding(id, config("f1"), [])();
  expect(await volumes()).not.toContain(volume);
});

async function brought(fingerprint: string): Promise<void> {
  const end = beginHanding(id, config(fingerprint), []);
  await expect.poll(doors).toHaveLength(1);
  await writeSettings(askedIn(id, config(fingerprint)));
  await end();
}

function config(fingerprint: string): Record<string, string> {
  const secretsFile = join(folder, `${fingerprint}.json`);
  writeFileSync(secretsFile, JSON.stringify({ gateway: `token of ${fingerprint}` }));
  const path = `${HANDED_PATH}/${fingerprint}.json`;
  const settings = JSON.stringify({ named: fingerprint, secrets: { providers: { berth: { path } } } });
  const place = { volume, hostPort: String(port), uid: String(UID) };
  return { ...place, image, settings, secretsFile, secretsFingerprint: fingerprint };
}

async function doors(): Promise<string[]> {
  const filters = { label: [`${DEPLOYMENT_LABEL}=${id}`] };
  return (await docker.listContainers({ all: true, filters })).map(({ Id }) => Id);
}

async function volumes(): Promise<string[]> {
  const { Volumes } = await docker.listVolumes({ filters: { name: [id] } });
  return Volumes.map(({ Name }) => Name);
}

async function inData(command: string): Promise<string> {
  return inside(volume, command);
}

async function inHanded(command: string): Promise<string> {
  return inside(handedVolumeName(id), command);
}

function inside(name: string, command: string): string {
  const flags = ["--rm", "--network", "none", "--user", "0:0", "-v", `${name}:/there:nocopy`];
  return execFileSync("docker", ["run", ...flags, image, "sh", "-c", `cd /there; ${command}`], {
    encoding: "utf8",
    timeout: 120_000,
  });
}
