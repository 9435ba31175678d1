// A deployment's secrets in the data folder: clear text is there only while the assistant runs, and only for Berth.
import { type Check, type Complaint, error, REDEPLOY } from "../check.ts";
import { octal } from "../file-mode.ts";
import type { WithFile } from "./picture.ts";

/** With no container there is nobody to read it. */
const WITHOUT_SECRETS = ["pending_payment", "purchased", "stopped", "suspended"];

export const FILE_CHECKS: readonly Check<WithFile>[] = [
  { name: "secrets-file", look: fileIsThereWhileNeeded },
  { name: "secrets-file-mode", look: fileIsClosed },
  { name: "secrets-folder", look: folderIsClosed },
  { name: "secrets-current", look: fileIsTheRecords },
];

function fileIsThereWhileNeeded({
  deployment: { status },
  secretsFile: { path, file },
}: WithFile): Complaint[] {
  if (status === "active" && !file)
    return [error(`Its secrets file ${path}: expected to be there, found none.`, REDEPLOY)];
  if (WITHOUT_SECRETS.includes(status) && file)
    return [error(`It is ${status}: expected no secrets file, found ${path}.`, `rm ${path}`)];
  return [];
}

function fileIsClosed({ secretsFile: { path, file, wanted } }: WithFile): Complaint[] {
  if (!file || (file.mode === wanted.mode && file.owner === wanted.owner)) return [];
  const message = `Its secrets file ${path}: expected mode ${octal(wanted.mode)} of user ${wanted.owner}, found ${octal(file.mode)} of user ${file.owner}.`;
  const advice = `chmod ${octal(wanted.mode)} ${path} && chown ${wanted.owner} ${path}; if others could read it, take other secrets.`;
  return [error(message, advice)];
}

function folderIsClosed({ secretsFile: { path, file, folder } }: WithFile): Complaint[] {
  if (!file || !folder || (folder.mode & 0o077) === 0) return [];
  const message = `The folder of ${path}: expected mode 0700, found ${octal(folder.mode)}.`;
  return [error(message, `chmod 0700 its folder; if others could read it, take other secrets.`)];
}

function fileIsTheRecords({
  deployment: { status },
  secretsFile: { path, isCurrent },
}: WithFile): Complaint[] {
  if (status !== "active" || isCurrent !== false) return [];
  return [error(`Its secrets file ${path}: expected what its record says, found other text.`, REDEPLOY)];
}
