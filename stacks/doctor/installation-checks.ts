// What belongs to the installation and to no deployment: its folder, and what deployments have left behind.
import type { Disk } from "../watch/data-size/totals.ts";
import { type Check, type Complaint, error, warning } from "./check.ts";
import { diskHasRoom } from "./data-size-checks.ts";
import { type FileMode, octal } from "./file-mode.ts";
import type { Stray } from "./target-audit.ts";

export interface InstallationPicture {
  readonly dataDir: string;
  /** Why the rehearsal has not passed; undefined once it has. */
  readonly rehearsal: string | undefined;
  readonly folder: FileMode | undefined;
  /** Files of the folder that hold keys. */
  readonly keyFiles: readonly { readonly path: string; readonly mode: FileMode | undefined }[];
  /** What is in the secrets folder and belongs to no deployment that is there. */
  readonly strayedSecrets: readonly string[];
  readonly strayedFolders: readonly string[];
  readonly strayedStacks: readonly Stray[];
  /** Images that were pulled for deployments and that none needs any more. */
  readonly unneededImages: readonly { readonly reference: string; readonly since: Date }[];
  /** Of the assistants' data; undefined until something was measured. */
  readonly disk: Disk | undefined;
}

export const INSTALLATION_CHECKS: readonly Check<InstallationPicture>[] = [
  { name: "data-folder", look: folderIsClosed },
  { name: "rehearsal", look: rehearsalHasPassed },
  { name: "key-files", look: keyFilesAreClosed },
  { name: "leftover-secrets", look: noSecretsAreLeft },
  { name: "leftover-folders", look: noFoldersAreLeft },
  { name: "leftover-stacks", look: noStacksAreLeft },
  { name: "unneeded-images", look: imagesAreNeeded },
  { name: "data-disk", look: diskHasRoom },
];

function folderIsClosed({ dataDir, folder }: InstallationPicture): Complaint[] {
  if (!folder || (folder.mode & 0o077) === 0) return [];
  const message = `The data folder ${dataDir}: expected mode 0700, found ${octal(folder.mode)}.`;
  return [error(message, `chmod 0700 ${dataDir}`)];
}

function rehearsalHasPassed({ rehearsal }: InstallationPicture): Complaint[] {
  if (rehearsal === undefined) return [];
  const advice = "Nothing is sold until it passes. Mend that; Berth tries again every 15 s.";
  return [error(`The rehearsal of an operation: expected to have passed, found: ${rehearsal}`, advice)];
}

function keyFilesAreClosed({ keyFiles }: InstallationPicture): Complaint[] {
  return keyFiles.flatMap(({ path, mode }) => {
    if (!mode || (mode.mode & 0o177) === 0) return [];
    const message = `The key file ${path}: expected mode 0600, found ${octal(mode.mode)}.`;
    return [error(message, `chmod 0600 ${path}`)];
  });
}

function noSecretsAreLeft({ strayedSecrets }: InstallationPicture): Complaint[] {
  return strayedSecrets.map((path) =>
    error(`Secrets without a deployment: expected none, found ${path}.`, `rm ${path}`),
  );
}

function noFoldersAreLeft({ strayedFolders }: InstallationPicture): Complaint[] {
  return strayedFolders.map((path) =>
    warning(`A stack's folder without a deployment: expected none, found ${path}.`, `rm -r ${path}`),
  );
}

function imagesAreNeeded({ unneededImages }: InstallationPicture): Complaint[] {
  return unneededImages.map(({ reference, since }) =>
    warning(
      `Images that were pulled for deployments: expected those that one needs, found ${reference}, which none has needed since ${since.toISOString()}.`,
      "Nothing: Berth removes it a day after, unless a container uses it or it has another name, too.",
    ),
  );
}

function noStacksAreLeft({ strayedStacks }: InstallationPicture): Complaint[] {
  return strayedStacks.map(strayedStack);
}

function strayedStack({ deploymentId: id, was, names }: Stray): Complaint {
  if (names?.isRenamed)
    return error(
      `The stack ${id}: expected under the id of the deployment that it is of, found it renamed.`,
      `pulumi stack rename ${names.deploymentId} --stack ${id}`,
    );
  if (names)
    return error(
      `The stack ${id}: expected no stack without a deployment, found one that names parts of deployment ${names.deploymentId}.`,
      `Leave those parts alone, and remove its record only: pulumi stack rm --force ${id}`,
    );
  const advice = `pulumi destroy --stack ${id} && pulumi stack rm ${id}`;
  if (was === "deleted")
    return error(`The stack of the deleted deployment ${id}: expected none, found one.`, advice);
  return warning(
    `Stacks of the backend: expected those of this installation, found ${id}, which is unknown to it.`,
    `If no other installation has it: ${advice}`,
  );
}
