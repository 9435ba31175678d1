// Why an upgrade failed, in words that say what is in force now and what can be done.
import { BACKUP_GONE, type Cause } from "../causes.ts";

/** Image and data from before are back. @param now says whether the assistant runs */
export function rolledBack(to: string, { code, message }: Cause, now: string): Cause {
  return {
    code: "UPGRADE_ROLLED_BACK",
    message: `The image ${to} did not get well (${code}); the previous image and the data from before the upgrade are back. ${now} Redeploy to try again.\n${message}`,
  };
}

/** An attempt went back, and died before it could say why. */
export function cutOffAfterwards(to: string): Cause {
  return { code: "INTERRUPTED", message: `Berth was ended after it had gone back from ${to}.` };
}

/** The way back has failed, too. */
export function notRolledBack(first: Cause, then: Cause, backupId: string): Cause {
  const way =
    then.code === BACKUP_GONE
      ? `Backup ${backupId}, which had the data from before, is gone: stop the assistant and restore another one.`
      : `Backup ${backupId} has the data from before; redeploy to try again.`;
  return {
    code: "ROLLBACK_FAILED",
    message: `The upgrade failed (${first.code}), and so did the way back (${then.code}). ${way}\nThe upgrade: ${first.message}\nThe way back: ${then.message}`,
  };
}
