// `keys rotate-installation`, `keys give-up`: work on the data folder itself, so no Berth may run on it meanwhile.
import { openDataFolder } from "../../stacks/data-folder.ts";
import { GIVEN_UP_KEYS, giveUpKey, rotateKeys } from "../../stacks/keys/rotate.ts";
import { openWithoutKeys } from "../../stacks/keys/store.ts";
import type { Config } from "../config/config.ts";

export const INSTALLATION_KEYS_USAGE = `  keys rotate-installation
             change secret-key and backup-key of the data folder while Berth is stopped; all secrets are sealed
             with the new one, and backups made before still open
  keys give-up secret-key | backup-key | passphrase
             make a new one where it is lost for good; what is locked with the lost one stays locked
`;

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

/** @throws Error when there is no such key, or Berth runs on the data folder */
export async function giveUp(config: Config, name: string | undefined): Promise<void> {
  const known = GIVEN_UP_KEYS.find((key) => key === name);
  if (!known) throw new Error(`Which one? npm run -s berth -- keys give-up ${GIVEN_UP_KEYS.join(" | ")}`);
  await onTheFolder(config, async (sql, folder) => {
    await giveUpKey(sql, folder, known);
    console.log(
      `Berth starts with the ${known} of ${folder} from now on. What it does not open stays locked.`,
    );
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
