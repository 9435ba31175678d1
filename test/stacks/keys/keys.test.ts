// No key is made in the place of one that is only lost: the start is refused by name. And keys can be changed.
import fs, { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeEncrypted } from "../../../infra/backups/file.ts";
import { readIdentities } from "../../../infra/backups/key.ts";
import { DEFAULT_ACCOUNT_ID } from "../../../stacks/accounts/accounts.ts";
import { claimDataFolder, openDataFolder } from "../../../stacks/data-folder.ts";
import { createSlot } from "../../../stacks/deployments/deployments.ts";
import { openColumn, sealColumn, unreadableColumns } from "../../../stacks/deployments/secret-columns.ts";
import { KEY_FILES, keptKey, newSecretKey } from "../../../stacks/keys/key-files.ts";
import { assertPassphraseFits } from "../../../stacks/keys/locked-with.ts";
import { giveUpKey, rotateKeys } from "../../../stacks/keys/rotate.ts";
import {
  boxOf,
  openStore,
  openWithoutKeys,
  type Store,
  type StoreParts,
} from "../../../stacks/keys/store.ts";
import { putEmptyDatabase } from "../../support/empty-database.ts";
import { mountTmpfs, unmount } from "../../support/faults/tmpfs.ts";

let folder: string;
let parts: StoreParts;
let open: Store | undefined;
beforeEach(async () => {
  folder = await openDataFolder(join(await mkdtemp(join(tmpdir(), "berth-keys-")), "data"));
  parts = {
    folder,
    databaseUrl: undefined,
    backups: { folder: join(folder, "backups"), keyFile: join(folder, "backup-key") },
    stateFolder: join(folder, "state"),
    keepsPassphrase: true,
  };
});
afterEach(async () => {
  await closeStore();
  await rm(join(folder, ".."), { recursive: true, force: true });
});

it("a key is generated once, also when many ask at the same time, and closed under any umask", async () => {
  const before = process.umask(0o777);
  const all = await Promise.all(
    Array.from({ length: 20 }, (_, index) => keptKey(folder, "api-key", () => `value-${index}`)),
  ).finally(() => process.umask(before));
  expect(new Set(all.map(({ value }) => value)).size).toBe(1);
  expect(await keptKey(folder, "api-key")).toEqual({ value: all[0]?.value, isNew: false });
  expect((await stat(join(folder, "api-key"))).mode & 0o777).toBe(0o600);
});

it("on a fake file system without hard links, such as a share's, keys are made and kept as well", async () => {
  await putEmptyDatabase(folder);
  const { link } = fs;
  const refused = async () => {
    throw Object.assign(new Error("EPERM: operation not permitted, link"), { code: "EPERM" });
  };
  try {
    Object.assign(fs, { link: refused });
    syncBuiltinESMExports();
    expect(await keptKey(folder, "api-key", () => "one")).toEqual({ value: "one", isNew: true });
    expect(await keptKey(folder, "api-key", () => "two")).toEqual({ value: "one", isNew: false });
    expect((await stat(join(folder, "api-key"))).mode & 0o777).toBe(0o600);
    open = await openStore(parts);
  } finally {
    Object.assign(fs, { link });
    syncBuiltinESMExports();
  }
});

describe("a key file that is of no use", () => {
  const useless = { empty: "", blank: " \n\n", zeros: "\0".repeat(44) };
  it.each(KEY_FILES.flatMap((name) => Object.entries(useless).map(([how, text]) => ({ name, how, text }))))(
    "$name, $how: the start is refused by its name, and it is left as it is",
    async ({ name, text }) => {
      await writeFile(join(folder, name), text);
      await expect(openStore(parts)).rejects.toThrow(`${join(folder, name)} is empty`);
      expect(await readFile(join(folder, name), "utf8")).toBe(text);
    },
  );

  it("is told from a key, and all of them are named at once", async () => {
    await writeFile(join(folder, "secret-key"), "garbage\n");
    await writeFile(join(folder, "backup-key"), "garbage\n");
    await expect(openStore(parts)).rejects.toThrow(
      /secret-key holds no key[\s\S]*backup-key holds no key of age/,
    );
  });
});

describe("a key that is gone", () => {
  beforeEach(() => putEmptyDatabase(folder));

  it("is made where nothing is locked with it", async () => {
    open = await openStore(parts);
    await createSlot(open.database.sql, { accountId: DEFAULT_ACCOUNT_ID, apiMode: "byok", maxLive: 0 });
    await closeStore();
    await rm(join(folder, "secret-key"));
    await rm(join(folder, "backup-key"));
    open = await openStore(parts);
    expect((await stat(join(folder, "backup-key"))).mode & 0o777).toBe(0o600);
  });

  it("secret-key: refused while an assistant's secret is locked with it; so is another one in its place", async () => {
    const { id } = await activated();
    const key = await readFile(join(folder, "secret-key"), "utf8");
    await rm(join(folder, "secret-key"));
    await expect(openStore(parts)).rejects.toThrow(`${join(folder, "secret-key")} is gone`);
    await writeFile(join(folder, "secret-key"), newSecretKey());
    await expect(openStore(parts)).rejects.toThrow(
      /opens none of the secrets.*locked with key [0-9a-f]{12}\./,
    );
    await writeFile(join(folder, "secret-key"), key);
    open = await openStore(parts);
    expect(await tokenOf(id)).toBe("token-1");
  });

  it("secret-key: one row of another key refuses nothing, and is named", async () => {
    await activated();
    const other = boxOf(newSecretKey());
    open = await openStore(parts);
    const strange = await createSlot(open.database.sql, {
      accountId: DEFAULT_ACCOUNT_ID,
      apiMode: "byok",
      maxLive: 0,
    });
    const row = { ...strange, telegram_bot_token: sealColumn(other, strange.id, "telegram_bot_token", "x") };
    await open.database.sql
      .updateTable("deployments")
      .set({ telegram_bot_token: row.telegram_bot_token })
      .where("id", "=", strange.id)
      .execute();
    await closeStore();
    open = await openStore(parts);
    expect(unreadableColumns(open.box, row)).toEqual(["telegram_bot_token"]);
  });

  it("backup-key: refused while a backup is locked with it; so is another one in its place", async () => {
    const { id } = await activated();
    await backupOf(id);
    const key = await readFile(join(folder, "backup-key"), "utf8");
    await rm(join(folder, "backup-key"));
    await expect(openStore(parts)).rejects.toThrow(`${join(folder, "backup-key")} is gone`);
    const elsewhere = await openDataFolder(join(folder, "elsewhere"));
    await putEmptyDatabase(elsewhere);
    const other = await openStore({ ...parts, folder: elsewhere });
    await other.close();
    await writeFile(join(folder, "backup-key"), await readFile(join(elsewhere, "backup-key")));
    await expect(openStore(parts)).rejects.toThrow("opens none of the latest backups");
    await writeFile(join(folder, "backup-key"), key);
    open = await openStore(parts);
  });

  it("passphrase: refused while the backend has stacks, or a stack's config has a salt", async () => {
    const state = join(folder, "state/.pulumi/stacks/berth");
    await mkdir(state, { recursive: true });
    open = await openStore(parts);
    await closeStore();
    await writeFile(join(state, "a.json"), "{}");
    await expect(openStore(parts)).rejects.toThrow(`${join(folder, "passphrase")} is gone`);
    await expect(assertPassphraseFits(parts)).rejects.toThrow("passphrase is gone");
    await rm(state, { recursive: true });
    await mkdir(join(folder, "stacks/a"), { recursive: true });
    await writeFile(join(folder, "stacks/a/Pulumi.a.yaml"), "config: {}\n");
    await assertPassphraseFits(parts);
    await writeFile(join(folder, "stacks/a/Pulumi.a.yaml"), "encryptionsalt: v1:abc\n");
    await expect(openStore(parts)).rejects.toThrow(`${join(folder, "passphrase")} is gone`);
    open = await openStore({ ...parts, keepsPassphrase: false });
  });
});

it("a database that does not open is named, with what to do, and the folder is let go", async () => {
  await putEmptyDatabase(folder);
  await activated();
  await writeFile(join(folder, "database/global/pg_control"), "");
  const refused = new RegExp(`embedded database in ${folder}/database can't be opened[\\s\\S]*from a copy`);
  await expect(openStore(parts)).rejects.toThrow(refused);
  await (await claimDataFolder(folder)).release();
});

it.skipIf(process.getuid?.() !== 0)(
  "a database without room is told from a damaged one (skipped unless root: a small file system is mounted)",
  async () => {
    const small = join(folder, "database");
    await mkdir(small);
    mountTmpfs(small, 4);
    try {
      await expect(openStore(parts)).rejects.toThrow(
        `The embedded database in ${small} can't be opened: its disk is full.\n  Make room, then start Berth again.`,
      );
    } finally {
      unmount(small);
    }
  },
);

describe("keys rotate-installation", () => {
  beforeEach(() => putEmptyDatabase(folder));

  it("seals everything with a new key, the old one opens nothing any more, and backups still open", async () => {
    const { id } = await activated();
    await backupOf(id);
    const old = await readFile(join(folder, "secret-key"), "utf8");
    const { database, close } = await openWithoutKeys(parts, "alone");
    await expect(openWithoutKeys(parts, "alone")).rejects.toThrow("in use");
    expect(await rotateKeys(database.sql, folder)).toEqual({ sealed: 1, unreadable: 0 });
    await close();
    expect(await readFile(join(folder, "secret-key"), "utf8")).not.toContain(old.trim());
    expect(readIdentities(await readFile(join(folder, "backup-key"), "utf8"))).toHaveLength(2);
    open = await openStore(parts);
    expect(await tokenOf(id)).toBe("token-1");
    await closeStore();
    await writeFile(join(folder, "secret-key"), old);
    await expect(openStore(parts)).rejects.toThrow("opens none of the secrets");
  });

  it("cut off between the files and the database, it leaves keys that open everything", async () => {
    const { id } = await activated();
    const old = await readFile(join(folder, "secret-key"), "utf8");
    await writeFile(join(folder, "secret-key"), `${newSecretKey()}\n${old}`);
    open = await openStore(parts);
    expect(await tokenOf(id)).toBe("token-1");
    await closeStore();
    const { database, close } = await openWithoutKeys(parts, "alone");
    expect(await rotateKeys(database.sql, folder)).toEqual({ sealed: 1, unreadable: 0 });
    await close();
  });
});

describe("keys give-up", () => {
  beforeEach(() => putEmptyDatabase(folder));

  it.each(["secret-key", "backup-key", "passphrase"] as const)(
    "%s: the next start makes do with another, and says what it can't open",
    async (name) => {
      const { id } = await activated();
      await backupOf(id);
      await mkdir(join(folder, "stacks/a"), { recursive: true });
      await writeFile(join(folder, "stacks/a/Pulumi.a.yaml"), "encryptionsalt: v1:abc\n");
      if (name !== "passphrase") await keptKey(folder, "passphrase");
      await writeFile(join(folder, name), "");
      await expect(openStore(parts)).rejects.toThrow(`keys give-up ${name}`);
      const { database, close } = await openWithoutKeys(parts, "alone");
      await giveUpKey(database.sql, folder, name);
      await close();
      open = await openStore(parts);
      const row = await rowOf(id);
      expect(unreadableColumns(open.box, row)).toEqual(name === "secret-key" ? ["telegram_bot_token"] : []);
    },
  );
});

async function closeStore(): Promise<void> {
  await open?.close();
  open = undefined;
}

/** A deployment with a bot token, in an installation that was closed in good order. */
async function activated() {
  await keptKey(folder, "passphrase");
  const store = await openStore(parts);
  const { sql } = store.database;
  const { id } = await createSlot(sql, { accountId: DEFAULT_ACCOUNT_ID, apiMode: "byok", maxLive: 0 });
  const telegram_bot_token = sealColumn(store.box, id, "telegram_bot_token", "token-1");
  await sql.updateTable("deployments").set({ telegram_bot_token }).where("id", "=", id).execute();
  await store.close();
  return { id };
}

async function backupOf(id: string): Promise<void> {
  const store = await openStore(parts);
  const backup = crypto.randomUUID();
  const operation = crypto.randomUUID();
  const { sql } = store.database;
  await sql
    .insertInto("operations")
    .values({ id: operation, deployment_id: id, kind: "backup", state: "succeeded", request_id: null })
    .execute();
  const of = { deployment_id: id, account_id: DEFAULT_ACCOUNT_ID, operation_id: operation };
  await sql
    .insertInto("backups")
    .values({ id: backup, ...of, reason: "requested", state: "ready", image: "i" })
    .execute();
  const archive = (async function* () {
    yield Buffer.from("data");
  })();
  const file = join(folder, "backups", id, `${backup}.age`);
  await writeEncrypted(file, parts.backups.keyFile, archive, new AbortController().signal);
  await store.close();
}

async function rowOf(id: string) {
  if (!open) throw new Error("No store is open.");
  return open.database.sql
    .selectFrom("deployments")
    .selectAll()
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
}

async function tokenOf(id: string): Promise<string | undefined> {
  return open && openColumn(open.box, await rowOf(id), "telegram_bot_token")?.reveal();
}
