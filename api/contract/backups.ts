// Calls about backups of an assistant's data.
import { z } from "zod";
import { BACKUP_REASONS, BACKUP_STATES } from "../../stacks/database/schema.ts";
import { Accepted, Cause } from "./answers.ts";
import { type ApiCall, data, listOf, named } from "./call.ts";
import * as contract from "./requests.ts";

const ONE = "/api/v1/assistants/:id";
const BACKUPS = `${ONE}/backups`;

export const Backup = named(
  "Backup",
  z.strictObject({
    id: z.uuid(),
    deploymentId: z.uuid(),
    reason: z.enum(BACKUP_REASONS).describe("`upgrade` and `restore`: made before one changed the data."),
    state: z.enum(BACKUP_STATES),
    size: z.int().nullable().describe("Of its file, in bytes."),
    sha256: z.string().nullable().describe("Of its file."),
    image: z.string().describe("Image of the assistant that the data belongs to."),
    operationId: z.uuid(),
    error: Cause.nullable(),
    createdAt: z.date(),
    finishedAt: z.date().nullable(),
  }),
);

const BackupAccepted = named("BackupAccepted", Accepted.extend({ backupId: z.uuid() }));

export const BACKUP_CALLS = {
  backUp: {
    method: "post",
    path: BACKUPS,
    tag: "Backups",
    summary: "Back the assistant's data up; it stands still for as long as that takes.",
    body: contract.EmptyBody,
    answers: { 202: data(BackupAccepted) },
    errors: ["NOT_FOUND", "INVALID_STATE"],
  },
  listBackups: {
    method: "get",
    path: BACKUPS,
    tag: "Backups",
    summary: "The deployment's backups, newest first.",
    answers: { 200: listOf(Backup) },
    errors: ["NOT_FOUND", "INVALID_STATE"],
  },
  showBackup: {
    method: "get",
    path: `${BACKUPS}/:backupId`,
    tag: "Backups",
    summary: "One backup.",
    answers: { 200: data(Backup) },
    errors: ["NOT_FOUND", "INVALID_STATE"],
  },
  downloadBackup: {
    method: "get",
    path: `${BACKUPS}/:backupId/download`,
    tag: "Backups",
    summary: "The data of a backup as a .tar.gz, decrypted.",
    answers: { 200: "application/gzip" },
    errors: ["NOT_FOUND", "INVALID_STATE"],
  },
  removeBackup: {
    method: "delete",
    path: `${BACKUPS}/:backupId`,
    tag: "Backups",
    summary: "Delete a backup.",
    body: contract.EmptyBody,
    answers: { 200: data(Backup) },
    errors: ["NOT_FOUND", "INVALID_STATE"],
  },
  restore: {
    method: "post",
    path: `${ONE}/restore`,
    tag: "Backups",
    summary: "Replace the data by that of a backup, of this deployment or of another one of the account.",
    body: contract.RestoreBody,
    answers: { 202: data(BackupAccepted) },
    errors: ["NOT_FOUND", "INVALID_STATE"],
  },
} as const satisfies Record<string, ApiCall>;
