// The embedded database as the first start leaves it, for tests to begin with: PGlite's initdb and all migrations take
// five seconds of CPU, a copy takes a fraction of one. It is made again when anything changes that makes it.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pino } from "pino";
import { type Database, openDatabase } from "../../stacks/database/database.ts";
import { startQueue } from "../../stacks/worker/queue.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const CACHE = join(ROOT, "node_modules/.cache/berth-tests");
const MIGRATIONS = "stacks/database/migrations";

/** Puts an empty database into a data folder that has none, so that the first start there only opens it. */
export async function putEmptyDatabase(dataDir: string): Promise<void> {
  const folder = join(dataDir, "database");
  if (existsSync(folder)) return;
  const template = await emptyDatabase();
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  execFileSync("cp", ["-a", template, folder]);
}

/** Opens such a database in a folder that has none: in one of its own, which closing it removes, unless one is named. */
export async function openEmptyDatabase(named?: string): Promise<Database> {
  const folder = named ?? mkdtempSync(join(tmpdir(), "berth-database-"));
  await putEmptyDatabase(folder);
  const database = await openDatabase({ folder: join(folder, "database") });
  if (named !== undefined) return database;
  return {
    ...database,
    async close() {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function emptyDatabase(): Promise<string> {
  const template = join(CACHE, `database-${whatMakesIt()}`);
  if (existsSync(template)) return template;
  mkdirSync(CACHE, { recursive: true });
  const unfinished = mkdtempSync(join(CACHE, "unfinished-"));
  await fill(join(unfinished, "database"));
  try {
    renameSync(join(unfinished, "database"), template);
  } catch (error) {
    // Another test file has made it meanwhile.
    if (!existsSync(template)) throw error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return template;
}

async function fill(folder: string): Promise<void> {
  const database = await openDatabase({ folder });
  try {
    const boss = await startQueue(database, pino({ level: "silent" }));
    await boss.stop({ graceful: false });
  } finally {
    await database.close();
  }
}

function whatMakesIt(): string {
  const migrations = readdirSync(join(ROOT, MIGRATIONS)).map((name) => `${MIGRATIONS}/${name}`);
  const packages = ["@electric-sql/pglite", "pg-boss"].map((name) => `node_modules/${name}/package.json`);
  const hash = createHash("sha256");
  for (const file of [
    "stacks/database/database.ts",
    "stacks/worker/queue.ts",
    ...migrations.toSorted(),
    ...packages,
  ])
    hash.update(readFileSync(join(ROOT, file)));
  return hash.digest("hex").slice(0, 12);
}
