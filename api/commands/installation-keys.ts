// `keys rotate-installation`, `keys give-up`: work on the data folder itself, so no Berth may run on it meanwhile.
import { openDataFolder } from "../../stacks/data-folder.ts";
import { type GivenUpKey, giveUpKey, rotateKeys } from "../../stacks/keys/rotate.ts";
import { openWithoutKeys } from "../../stacks/keys/store.ts";
import type { Config } from "../config/config.ts";

/** @throws Error when Berth runs on the data folder */
export async function rotateInstallation(config: Config): Promise<void> {
  await onTheFolder(config, async (sql, folder) => {
    const { sealed, unreadable } = await rotateKeys(sql, folder);
    console.log(
      `secret-key and backup-key of ${folder} are new. ${sealed} stored secrets were sealed again.`,
    );
    if (unreadable > 0)
      console.warn(
        `${unreadable} could not be opened with the old key either: GET /api/v1/assistants names them.`,
      );
    console.log("Copy both files to where you keep their copies. Assistants take it at their next redeploy.");
  });
}

/** @throws Error when Berth runs on the data folder */
export async function giveUp(config: Config, key: GivenUpKey): Promise<void> {
  await onTheFolder(config, async (sql, folder) => {
    await giveUpKey(sql, folder, key);
    console.log(`Berth starts with the ${key} of ${folder} from now on. What it does not open stays locked.`);
  });
}

type Work = (
  sql: Awaited<ReturnType<typeof openWithoutKeys>>["database"]["sql"],
  folder: string,
) => Promise<void>;

async function onTheFolder({ stacks, databaseUrl }: Config, work: Work): Promise<void> {
  const folder = await openDataFolder(stacks.dataDir, console.warn);
  const { database, close } = await openWithoutKeys({ folder, databaseUrl }, "alone");
  try {
    await work(database.sql, folder);
  } finally {
    await close();
  }
}
