// Every migration in order. One that has been released is never edited: a change is a new one.
import type { Migration } from "kysely/migration";
import { initial } from "./0001-initial.ts";
import { attemptsAndDrift } from "./0002-attempts-and-drift.ts";
import { payments } from "./0005-payments.ts";

export const MIGRATIONS: Record<string, Migration> = {
  "0001-initial": initial,
  "0002-attempts-and-drift": attemptsAndDrift,
  "0005-payments": payments,
};
