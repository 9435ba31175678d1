// A container hardened as Berth's are, with its network and its volume, under names of one test file alone.
import { randomBytes } from "node:crypto";
import * as docker from "@pulumi/docker";
import { docker as engine } from "./docker.ts";
import { freePorts } from "./free-port.ts";
import { type StandInStack, standInStack } from "./stand-in-stack.ts";
import { ensureTinyImages, type TinyImages } from "./tiny-image.ts";

export const NAME = `berth-test-${randomBytes(4).toString("hex")}`;
/** Of the files that run at once each has its own; another one each time, as a run that was killed leaves its own behind. */
const WORKER = Number(process.env.VITEST_POOL_ID ?? 0) % 10;
/** The next one is free, too. */
export const PORT = await freePorts(2);
export const SUBNET = `10.${220 + WORKER}.${Math.floor(Math.random() * 256)}`;
export const PUBLISHED = { internal: 18_789, external: PORT, ip: "127.0.0.1", protocol: "tcp" };
export const LABEL = "berth.test";

export interface Wanted {
  readonly container: docker.ContainerArgs | undefined;
  readonly network: docker.NetworkArgs;
  readonly volume: docker.VolumeArgs;
}

export interface Hardened {
  readonly images: TinyImages;
  readonly stack: StandInStack;
  /** The container, past Pulumi. */
  readonly byHand: ReturnType<typeof engine.getContainer>;
  base(): Wanted & { readonly container: docker.ContainerArgs };
  /** The base with other inputs of the container. */
  changed(change: object): Wanted;
  labelled(part: keyof Wanted): Wanted;
  up(wanted: Wanted, options?: { readonly refresh?: boolean }): ReturnType<StandInStack["up"]>;
  preview(wanted: Wanted): ReturnType<StandInStack["preview"]>;
  /** What the state has of the one resource of a type. */
  recorded(type: string): Promise<Made | undefined>;
  close(): Promise<void>;
}

interface Made {
  readonly type: string;
  readonly id: string;
  readonly inputs: object;
  readonly outputs: object;
  readonly initErrors?: readonly string[];
}

export async function hardenedStack(): Promise<Hardened> {
  const images = await ensureTinyImages();
  const stack = await standInStack(NAME);
  const own = () => base(images);
  return {
    images,
    stack,
    byHand: engine.getContainer(NAME),
    base: own,
    changed: (change) => ({ ...own(), container: { ...own().container, ...change } }),
    labelled: (part) => ({ ...own(), [part]: { ...own()[part], labels: [{ label: LABEL, value: "y" }] } }),
    up: (wanted, options) => stack.up(program(wanted), options),
    preview: (wanted) => stack.preview(program(wanted)),
    async recorded(type) {
      const { deployment } = await stack.stack.exportStack();
      const resources: readonly Made[] = deployment.resources;
      return resources.find((resource) => resource.type === type);
    },
    async close() {
      await stack.destroy();
      const gone = () => {};
      await engine.getContainer(NAME).remove({ force: true }).catch(gone);
      await engine.getNetwork(NAME).remove().catch(gone);
      await engine.getVolume(NAME).remove().catch(gone);
      await stack.close();
    },
  };
}

function base(images: TinyImages): Wanted & { container: docker.ContainerArgs } {
  const labels = [{ label: LABEL, value: "x" }];
  return {
    volume: { name: NAME, labels },
    network: {
      name: NAME,
      driver: "bridge",
      ipamConfigs: [{ subnet: `${SUBNET}.0/28` }],
      options: { "com.docker.network.bridge.enable_icc": "false" },
      labels,
    },
    container: {
      name: NAME,
      image: images.healthy,
      labels,
      command: ["/bin/httpd", "-f", "-p", "18789", "-h", "/www/started"],
      envs: ["B=2", "A=1"],
      networkMode: "bridge",
      ports: [PUBLISHED],
      memory: 128,
      memorySwap: 128,
      cpus: "0.5",
      user: "1000:1000",
      readOnly: true,
      tmpfs: { "/tmp": "mode=1777,size=16m" },
      capabilities: { drops: ["ALL"] },
      securityOpts: ["no-new-privileges"],
      init: true,
      restart: "unless-stopped",
      mustRun: true,
      stopTimeout: 35,
      destroyGraceSeconds: 2,
      logDriver: "json-file",
      logOpts: { "max-size": "10m", "max-file": "3" },
      healthcheck: {
        tests: ["CMD", "/bin/cat", "/www/started/healthz"],
        interval: "10s",
        timeout: "3s",
        startPeriod: "5s",
        retries: 3,
      },
    },
  };
}

function program(wanted: Wanted): () => Promise<void> {
  return async () => {
    const network = new docker.Network("network", wanted.network);
    const volume = new docker.Volume("volume", wanted.volume);
    if (!wanted.container) return;
    new docker.Container("container", {
      ...wanted.container,
      networksAdvanced: [{ name: network.name }],
      volumes: [
        { volumeName: volume.name, containerPath: "/home/node/.openclaw" },
        { hostPath: "/etc/hostname", containerPath: "/run/ro.txt", readOnly: true },
      ],
    });
  };
}
