// Calls about backups of an assistant's data.
import * as backups from "./backup-answers.ts";
import type { ApiCall } from "./call.ts";
import { data, listOf } from "./envelopes.ts";
import * as contract from "./requests.ts";

const ONE = "/api/v1/assistants/:id";
const BACKUPS = `${ONE}/backups`;

export const BACKUP_CALLS = {
  backUp: {
    method: "post",
    path: BACKUPS,
    tag: "Backups",
    summary: "Back the assistant's data up; it stands still for as long as that takes.",
    body: contract.EmptyBody,
    answers: { 202: data(backups.BackupAccepted) },
    errors: ["NOT_FOUND", "INVALID_STATE"],
  },
  listBackups: {
    method: "get",
    path: BACKUPS,
    tag: "Backups",
    summary: "The deployment's backups, newest first.",
    answers: { 200: listOf(backups.Backup) },
    errors: ["NOT_FOUND", "INVALID_STATE"],
  },
  showBackup: {
    method: "get",
    path: `${BACKUPS}/:backupId`,
    tag: "Backups",
    summary: "One backup.",
    answers: { 200: data(backups.Backup) },
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
    answers: { 200: data(backups.Backup) },
    errors: ["NOT_FOUND", "INVALID_STATE"],
  },
  restore: {
    method: "post",
    path: `${ONE}/restore`,
    tag: "Backups",
    summary: "Replace the data by that of a backup, of this deployment or of another one of the account.",
    body: contract.RestoreBody,
    answers: { 202: data(backups.BackupAccepted) },
    errors: ["NOT_FOUND", "INVALID_STATE"],
  },
} as const satisfies Record<string, ApiCall>;
