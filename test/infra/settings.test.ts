// Whatever stands where openclaw.json should be, Berth's keys are written, and what was there is kept: with real volumes.
import { execFileSync } from "node:child_process";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { docker } from "../support/docker.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const OWNED = { gateway: { mode: "local", port: 18789 } };
const SCRIPT = new URL("../../infra/settings.ts", import.meta.url).pathname;

let image: string;
let volume: string;
beforeAll(async () => {
  image = (await ensureTinyImages()).healthy;
});
beforeEach(async () => {
  volume = `berth-settings-${crypto.randomUUID()}`;
  await docker.createVolume({ Name: volume });
});
afterEach(() => docker.getVolume(volume).remove());

it("an empty volume gets Berth's keys", () => {
  written();
  expect(settings()).toEqual(OWNED);
  expect(inVolume("ls")).toBe("openclaw.json\n");
});

it("JSON5 is read as OpenClaw reads it, and not written anew without need", () => {
  put("// mine\n{mine: [1,], gateway: {mode: 'remote'}}");
  written();
  expect(settings()).toEqual({ mine: [1], gateway: OWNED.gateway });
  const commented = '// mine\n{gateway: {mode: "local", port: 18789}}';
  put(commented);
  written();
  expect(inVolume("cat openclaw.json")).toBe(commented);
});

it("what can't be read is set aside, and the last settings that were accepted are taken", () => {
  put("{broken");
  put(JSON.stringify({ mine: 1, ...OWNED }), "openclaw.json.last-good");
  expect(written()).toContain("openclaw.json could not be used");
  expect(settings()).toEqual({ mine: 1, ...OWNED });
  expect(inVolume("cat openclaw.json.unreadable-*")).toBe("{broken");
  expect(inVolume("ls -ln openclaw.json")).toMatch(/^-rw------- +1 1000 +1000/);
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

it("a link is replaced, and neither read nor written through", () => {
  put('{"secret": 1}', "elsewhere");
  for (const target of ["elsewhere", "/etc/passwd", "/nowhere"]) {
    inVolume(`rm -f openclaw.json; ln -s ${target} openclaw.json`);
    written();
    expect(settings()).toEqual(OWNED);
    expect(inVolume("cat elsewhere")).toBe('{"secret": 1}');
  }
});

it("of a file that is far too large the beginning is read, and all of it kept", () => {
  inVolume("printf '{' > openclaw.json; dd if=/dev/zero bs=1048576 count=40 >> openclaw.json 2>/dev/null");
  written();
  expect(settings()).toEqual(OWNED);
  expect(inVolume("ls -l openclaw.json.unreadable-*")).toContain(" 41943041 ");
});

function written(more: object = {}): string {
  const input = JSON.stringify({ deploymentId: "test", volume, image, settings: OWNED, ...more });
  return execFileSync(process.execPath, [SCRIPT], { input, encoding: "utf8", timeout: 120_000 });
}

function settings(): unknown {
  return JSON.parse(inVolume("cat openclaw.json"));
}

function put(text: string, name = "openclaw.json"): void {
  inVolume(`cat > ${name}`, text);
}

function inVolume(command: string, input = ""): string {
  const run = ["run", "--rm", "-i", "--network", "none", "-v", `${volume}:/home/node/.openclaw`, image];
  const options = { input, encoding: "utf8", timeout: 120_000 } as const;
  return execFileSync("docker", [...run, "sh", "-c", `cd .openclaw; ${command}`], options);
}
