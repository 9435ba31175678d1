// One simulated installation: a database with a world's rows, a fake engine with its parts, and a real Berth on both.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Docker from "dockerode";
import { openStore } from "../../../stacks/keys/store.ts";
import { Server } from "../../support/faults/server.ts";
import { childrenOf, cpuSeconds } from "../../support/resources.ts";
import { insertKey, insertWorld, writeStacks } from "./rows.ts";
import { IMAGE, type Member, makeWorld } from "./world.ts";

const PASSPHRASE = "simulated";
const SETTINGS = {
  ...{ BERTH_ASSISTANT_IMAGE: IMAGE, BERTH_HOST_RULES: "leave", PULUMI_CONFIG_PASSPHRASE: PASSPHRASE },
  ...{ BERTH_RATE_READS: "0", BERTH_RATE_ACCOUNT_READS: "0", BERTH_RATE_WRITES: "0" },
  ...{ BERTH_PORT_RANGE: "43000-59999", BERTH_SUBNET_POOL: "10.0.0.0/8" },
};

interface EngineCounts {
  readonly requests: number;
  /** Of its answers. */
  readonly bytes: number;
  /** Requests to the fake assistants. */
  readonly assistants: number;
  readonly unknown: readonly string[];
}

export interface Installation {
  readonly server: Server;
  readonly members: readonly Member[];
  /** For DOCKER_HOST. */
  readonly engineHost: string;
  /** Of the largest account. */
  readonly apiKey: string;
  /** @returns what the engine has counted */
  counts(): Promise<EngineCounts>;
  /** So many containers end at this moment. */
  end(count: number): Promise<void>;
  /** Seconds of CPU of the server and its children so far. */
  cpu(): number;
  close(): Promise<void>;
}

/** @param databaseUrl of an empty PostgreSQL database; the embedded one without it */
export async function openInstallation(
  slice: number,
  count: number,
  databaseUrl?: string,
): Promise<Installation> {
  const members = makeWorld(count);
  const socket = `/tmp/berth-fake-engine-${process.pid}-${slice}.sock`;
  const engineHost = `unix://${socket}`;
  let engine: ChildProcess | undefined;
  let apiKey = "";
  const server = await Server.start(slice, {
    engine: new Docker({ socketPath: socket }),
    settings: { ...SETTINGS, DOCKER_HOST: engineHost, ...(databaseUrl && { DATABASE_URL: databaseUrl }) },
    async prepare(dataDir) {
      const world = join(dataDir, "..", "world.json");
      writeFileSync(world, JSON.stringify(members));
      engine = fork(new URL("fake-engine.ts", import.meta.url), [socket, world]);
      const [{ port }] = (await once(engine, "message")) as [{ port: number }];
      apiKey = await fill(dataDir, members, `http://127.0.0.1:${port}`, databaseUrl);
    },
  });
  const ask = async (wanted: object): Promise<EngineCounts> => {
    engine?.send(wanted);
    return ((await once(engine as ChildProcess, "message")) as [EngineCounts])[0];
  };
  return {
    ...{ server, members, engineHost, apiKey },
    counts: () => ask({}),
    end: async (ended) => void (await ask({ end: ended })),
    cpu: () => [server.pid, ...childrenOf(server.pid)].reduce((sum, pid) => sum + cpuSeconds(pid), 0),
    async close() {
      await server.close();
      rmSync(socket, { force: true });
      if (!engine?.connected)
        throw new Error("The fake engine has ended by itself: what was measured does not count.");
      engine.disconnect();
    },
  };
}

/** @returns a key of the largest account */
async function fill(
  dataDir: string,
  members: readonly Member[],
  endpoint: string,
  databaseUrl: string | undefined,
): Promise<string> {
  writeStacks(dataDir, members);
  const backups = { folder: join(dataDir, "backups"), keyFile: join(dataDir, "backup-key") };
  const opened = { folder: dataDir, databaseUrl, backups, stateFolder: undefined, keepsPassphrase: false };
  const { database, box, close } = await openStore(opened);
  try {
    const [largest = ""] = await insertWorld(database, box, members, endpoint);
    return await insertKey(database.sql, largest);
  } finally {
    await close();
  }
}
