// What clients get of backups.
import { z } from "zod";
import { BACKUP_REASONS, BACKUP_STATES } from "../../stacks/database/schema.ts";
import { Accepted, Cause } from "./answers.ts";
import { named } from "./named-shapes.ts";

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

export const BackupAccepted = named("BackupAccepted", Accepted.extend({ backupId: z.uuid() }));
