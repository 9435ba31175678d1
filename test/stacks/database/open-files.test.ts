// A process that may open few files: the embedded database, whose every table and index is a file, must leave room for callers.
import { mkdtemp, readdir, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql as raw } from "kysely";
import { expect, it } from "vitest";
import { openEmptyDatabase } from "../../support/empty-database.ts";

it("keeps few files open, however many of its tables were read", async () => {
  const folder = await mkdtemp(join(tmpdir(), "berth-files-"));
  const { sql, close } = await openEmptyDatabase(folder);
  try {
    const { rows } = await raw<{ name: string }>`
      select format('%I.%I', schemaname, tablename) as name from pg_tables`.execute(sql);
    expect(rows.length).toBeGreaterThan(70);
    for (const { name } of rows) await raw`select count(*) from ${raw.raw(name)}`.execute(sql);
    const own = (await readdir("/proc/self/fd")).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => ""));
    const files = (await Promise.all(own)).filter((path) => path.startsWith(folder));
    expect(files.length).toBeLessThanOrEqual(64);
  } finally {
    await close();
    await rm(folder, { recursive: true, force: true });
  }
});
