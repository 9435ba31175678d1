// What doctor looks with.
import type { Sql } from "../database/database.ts";
import type { Rehearsal } from "../rehearsal/rehearsal.ts";
import type { SecretBox } from "../secret.ts";
import type { StackSettings } from "../settings.ts";

export interface DoctorParts {
  readonly rehearsal: Rehearsal;
  readonly sql: Sql;
  readonly box: SecretBox;
  readonly settings: StackSettings;
  /** What the CLI exports of a stack; for backends that aren't folders. */
  readonly exportStack: (stackName: string) => Promise<string>;
}
