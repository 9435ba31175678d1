// What a deployment's record says of its image. Types only.
import type { ColumnType } from "kysely";
import type { Status } from "../lifecycle.ts";

export interface ImageColumns {
  /** The reference that was asked for; null for the installation's. */
  image: string | null;
  /** What the assistant was brought up with last, and what its data belongs to: means the same for ever. */
  pinned_image: string | null;
  /** The image that it could not be upgraded to, until it could. */
  rolled_back_from: string | null;
  unfinished_upgrade: ColumnType<UnfinishedUpgrade | null, undefined, string | null>;
  /** The status in which the call was accepted whose operation is the latest; null before there was one. */
  status_before: ColumnType<Status | null, undefined, Status | null>;
}

/** There from the moment at which another image may have touched the data until that is known to be well, or undone. */
export interface UnfinishedUpgrade {
  /** Null once its undoing has begun. */
  readonly to: string | null;
  /** The data as it was before. */
  readonly backupId: string;
  readonly operationId: string;
}
