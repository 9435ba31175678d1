// Pulumi's download site. Where it can't be reached the question costs seconds, so a no is believed for a day.
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

const SITE = "https://get.pulumi.com/install.sh";
const ANSWER_TIMEOUT_MS = 4_000;
const BELIEVED_FOR_MS = 24 * 60 * 60 * 1000;

/** Whether the site answers; asked at most once a day while it does not. */
export async function canDownload(cache: string): Promise<boolean> {
  const asked = await stat(mark(cache)).catch(() => undefined);
  const age = asked && Date.now() - asked.mtimeMs;
  // One of the future was written by a clock that was wrong.
  if (age !== undefined && age > -BELIEVED_FOR_MS && age < BELIEVED_FOR_MS) return false;
  const answered = await fetch(SITE, { method: "HEAD", signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) }).then(
    ({ ok }) => ok,
    () => false,
  );
  if (!answered) await giveUpForToday(cache);
  return answered;
}

/** For a download that failed although the site answers: a start must not try it again each time. */
export async function giveUpForToday(cache: string): Promise<void> {
  await writeFile(mark(cache), "Pulumi's download site could not be used when this was written.\n");
}

function mark(cache: string): string {
  return join(cache, "pulumi-site-asked-in-vain");
}
