// The size of an assistant's data is measured right, whatever the assistant has made of it, and by what can't harm anybody.
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resourceName } from "../../../infra/args.ts";
import { DEFAULT_ASSISTANT_IMAGE } from "../../../infra/assistant/openclaw.ts";
import { removeDoors } from "../../../infra/docker/helper-containers.ts";
import { type Scales, setUpScales } from "../../../infra/docker/measure-volume.ts";
import { DEPLOYMENT_LABEL, DOOR_LABEL } from "../../../infra/docker/names.ts";
import { docker, labelled, removeLabelled } from "../../support/docker.ts";
import { ensureTinyImages } from "../../support/tiny-image.ts";

const MIB = 1024 ** 2;
const deploymentId = randomUUID();
const never = new AbortController().signal;
const hasOpenClaw = await docker
  .getImage(DEFAULT_ASSISTANT_IMAGE)
  .inspect()
  .then(
    () => true,
    () => false,
  );

let image: string;
beforeAll(async () => {
  ({ healthy: image } = await ensureTinyImages());
});
afterAll(() => removeLabelled(deploymentId));

it("without a volume nothing is measured, and none is made", async () => {
  expect(await setUpScales({ deploymentId, image })).toBeUndefined();
  expect(await labelled(deploymentId)).toEqual({ containers: [], networks: [], volumes: [] });
});

describe("a volume", () => {
  beforeAll(async () => {
    const Name = resourceName(deploymentId);
    await docker.createVolume({ Name, Labels: { [DEPLOYMENT_LABEL]: deploymentId } });
  });

  it("with hidden folders, holes and several names for one file takes what is in it, once", async () => {
    asAssistant("mkdir plain; dd if=/dev/zero of=plain/file bs=1M count=2");
    asAssistant("mkdir hidden; dd if=/dev/zero of=hidden/file bs=1M count=3; chmod 000 hidden/file hidden");
    asAssistant("dd if=/dev/zero of=holes bs=1 count=0 seek=1G; ln plain/file plain/other; ln plain/file z");
    asAssistant("ln -s / outside; ln -s /dev/zero device; mkfifo pipe");
    const { usedBytes, freeBytes, diskBytes } = await measured();
    expect(usedBytes / MIB).toBeGreaterThan(5);
    expect(usedBytes / MIB).toBeLessThan(5.1);
    expect(freeBytes).toBeGreaterThan(0);
    expect(diskBytes).toBeGreaterThan(freeBytes);
  });

  it("with nothing but empty files takes 4 KiB for each", async () => {
    const before = await measured();
    asAssistant("mkdir empty; cd empty; i=0; while [ $i -lt 3000 ]; do : > $i; i=$((i+1)); done");
    expect((await measured()).usedBytes).toBeGreaterThan(3000 * 4096);
    expect(before.usedBytes).toBeLessThan(3000 * 4096);
    asAssistant("/bin/busybox rm -r empty");
  });

  it.skipIf(!hasOpenClaw)(
    "is measured the same by OpenClaw's own image, below names longer than any path, too (skipped without it)",
    async () => {
      const before = await measured(DEFAULT_ASSISTANT_IMAGE);
      expect(Math.abs(before.usedBytes - (await measured()).usedBytes)).toBeLessThan(64 * 1024);
      const deep = `for (let i = 0; i < 40; i++) { fs.mkdirSync("d".repeat(200)); process.chdir("d".repeat(200)); }
        fs.writeFileSync("file", Buffer.alloc(4 * 1024 * 1024))`;
      const options = [
        "--rm",
        "--user=1000:1000",
        "--network=none",
        `--volume=${mount()}`,
        "--workdir=/state",
      ];
      execFileSync("docker", ["run", ...options, "--entrypoint=node", DEFAULT_ASSISTANT_IMAGE, "-e", deep]);
      const { usedBytes } = await measured(DEFAULT_ASSISTANT_IMAGE);
      expect((usedBytes - before.usedBytes) / MIB).toBeGreaterThan(4);
      expect((usedBytes - before.usedBytes) / MIB).toBeLessThan(4.5);
    },
  );

  it("is measured by a container that can read it and do nothing else, and that is gone afterwards", async () => {
    const scales = await setUp();
    const [listed] = await docker.listContainers({
      all: true,
      filters: { label: [`${DOOR_LABEL}=measure`, `${DEPLOYMENT_LABEL}=${deploymentId}`] },
    });
    const { HostConfig, Config, Mounts } = await docker.getContainer(listed?.Id ?? "").inspect();
    expect(HostConfig).toMatchObject({
      ReadonlyRootfs: true,
      NetworkMode: "none",
      CapDrop: ["ALL"],
      CapAdd: ["DAC_READ_SEARCH"],
      SecurityOpt: ["no-new-privileges"],
      Memory: 256 * MIB,
      MemorySwap: 256 * MIB,
      PidsLimit: 16,
    });
    expect(Mounts).toMatchObject([{ Name: resourceName(deploymentId), RW: false }]);
    expect(Mounts).toHaveLength(1);
    expect(Config.Env.filter((entry) => !/^(PATH|LC_ALL|NODE|YARN)/.test(entry))).toEqual([]);
    await scales.measure(never);
    await scales.close();
    expect((await labelled(deploymentId)).containers).toEqual([]);
  });

  it("is not begun to be measured by who has to end", async () => {
    const scales = await setUp();
    await expect(scales.measure(AbortSignal.abort())).rejects.toThrow();
    const filters = { label: [`${DOOR_LABEL}=measure`, `${DEPLOYMENT_LABEL}=${deploymentId}`] };
    expect(await docker.listContainers({ all: true, filters })).toMatchObject([{ State: "created" }]);
    await scales.close();
  });

  it("that an operation wants is let go of at once, and measuring ends with an error", async () => {
    const scales = await setUp();
    await removeDoors(deploymentId, "measure");
    await expect(scales.measure(never)).rejects.toThrow();
    await scales.close();
    await docker.getVolume(resourceName(deploymentId)).remove();
  });
});

async function measured(by = image) {
  const scales = await setUp(by);
  try {
    return await scales.measure(never);
  } finally {
    await scales.close();
  }
}

async function setUp(by = image): Promise<Scales> {
  const scales = await setUpScales({ deploymentId, image: by });
  if (!scales) throw new Error("There is no volume.");
  return scales;
}

function mount(): string {
  return `${resourceName(deploymentId)}:/state`;
}

function asAssistant(script: string): void {
  const options = ["--rm", "--user=1000:1000", "--network=none", "--entrypoint=/bin/busybox"];
  const volume = `${resourceName(deploymentId)}:/home/node/.openclaw`;
  const applets = `cd /home/node/.openclaw; for a in mkdir dd chmod ln mkfifo; do alias $a="/bin/busybox $a"; done`;
  execFileSync(
    "docker",
    ["run", ...options, `--volume=${volume}`, image, "sh", "-c", `${applets}\n${script}`],
    {
      stdio: "pipe",
    },
  );
}
