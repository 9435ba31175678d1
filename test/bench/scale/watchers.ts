// What the watchers do again and again, done once in this process: on the database and the engine of an installation.
import { pino } from "pino";
import { observe } from "../../../infra/docker/observe.ts";
import { beginDue } from "../../../stacks/backups/schedule.ts";
import { type Database, openDatabase } from "../../../stacks/database/database.ts";
import type { LifecycleContext } from "../../../stacks/operations/enqueue.ts";
import { SecretBox } from "../../../stacks/secret.ts";
import type { StackSettings } from "../../../stacks/settings.ts";
import { difference } from "../../../stacks/watch/docker/drift.ts";
import { askDue } from "../../../stacks/watch/models.ts";
import { listSettled } from "../../../stacks/watch/observations.ts";
import type { Installation } from "./installation.ts";

const log = pino({ level: "silent" });
const box = new SecretBox(Buffer.alloc(32));
const nobody = async () => Promise.reject(new Error("nobody is asked"));
/** A day: of the world's backups some are a day old at any time, and are due again. */
const settings = {
  ...{ places: [{ target: "docker", region: null }], target: "docker", concurrency: 2 },
  ...{ modelKeys: {}, backups: { everyMs: 86_400_000 } },
} as unknown as StackSettings;

export interface Watched {
  readonly name: string;
  readonly growth?: string;
  make(): Promise<void>;
}

/** What is done on one installation; `close` ends it. */
export function openWatchers(at: Installation, database: Database): readonly Watched[] {
  const { sql } = database;
  const boss = { send: async () => null } as unknown as LifecycleContext["boss"];
  return [
    {
      name: "drift: a look at all",
      growth: "each half minute; one list each of containers, networks, volumes",
      async make() {
        process.env.DOCKER_HOST = at.engineHost;
        const [settled, observed] = [await listSettled(sql), await observe()];
        for (const deployment of settled) {
          const found = observed.get(deployment.id);
          if (found) difference(deployment, found);
        }
      },
    },
    {
      name: "drift: a look at one",
      async make() {
        process.env.DOCKER_HOST = at.engineHost;
        const ids = at.members.slice(0, 1).map(({ id }) => id);
        await Promise.all([listSettled(sql, ids), observe(ids)]);
      },
    },
    {
      name: "models: which are to be asked",
      make: () => askDue({ ...{ sql, box, settings, log }, modelApis: nobody as never }),
    },
    {
      name: "backups: which are due",
      make: async () => void (await beginDue({ sql, boss, box, settings }, new Date())),
    },
  ];
}

export function openWatched(url: string): Promise<Database> {
  return openDatabase({ url });
}
