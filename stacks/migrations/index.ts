// Every migration in order. One that has been released is never edited: a change is a new one.
import type { Migration } from "kysely/migration";
import { initial } from "./0001-initial.ts";

export const MIGRATIONS: Record<string, Migration> = {
  "0001-initial": initial,
};
