// What a deployment's record says of its assistant's model and data, as those who watch them have found it. Types only.
import type { ColumnType } from "kysely";
import type { Conversation } from "../watch/conversation-record.ts";
import type { StateUse } from "../watch/data-size/limit.ts";
import type { Warning } from "./schema.ts";

type Json<T> = ColumnType<T | null, string | null, string | null>;
type Due = ColumnType<Date | null, undefined, Date | null>;

export interface WatchedColumns {
  /** What it was last seen to do with messages; null until it was asked. */
  conversation: Json<Conversation>;
  /** Why messages come and answers do not. */
  conversation_warning: Json<Warning>;
  /** What its model's provider last said of key and model, where that is not that it takes them. */
  model_warning: Json<Warning>;
  /** When it is asked next; null for at once. */
  model_check_at: Due;
  /** How much room its data was last found to take, and what of its limit follows from that; null until it was measured. */
  state_use: Json<StateUse>;
  /** What is wrong with that while it is active. */
  state_warning: Json<Warning>;
  /** When its data is measured next; null for at once. */
  state_check_at: Due;
}
