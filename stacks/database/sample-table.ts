// The table of what assistants use. Types only.

/** What an assistant has used up to one moment of the last hour. */
export interface SampleTable {
  deployment_id: string;
  /** In the hour; what was there an hour ago is written over. */
  place: number;
  at: Date;
  seconds: number | null;
  cpu_cores: number | null;
  memory_bytes: number | null;
  received_per_second: number | null;
  sent_per_second: number | null;
  state_used_bytes: number | null;
}
