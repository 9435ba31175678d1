// Why an operation failed, or an assistant does not work: the form, and the codes that more than one part of Berth knows.

/** Why an operation failed, in words for the customer. */
export interface Cause {
  readonly code: string;
  readonly message: string;
}

/** Code of an operation whose process was ended before it could end by itself. */
export const INTERRUPTED = "INTERRUPTED";
/** Of a place that somebody else has. */
export const HOST_PORT_TAKEN = "HOST_PORT_TAKEN";
export const SUBNET_TAKEN = "SUBNET_TAKEN";
export const SETTINGS_REFUSED = "SETTINGS_REFUSED";
/** Of settings that a running assistant has refused: it goes on with those that it had. */
export const SETTINGS_NOT_TAKEN = "SETTINGS_NOT_TAKEN";
/** Of an assistant that runs and does not say that it has started. */
export const NOT_READY = "NOT_READY";
export const IMAGE_UNAVAILABLE = "IMAGE_UNAVAILABLE";
/** Of a pull with a wrong login, or with none. */
export const IMAGE_ACCESS_REFUSED = "IMAGE_ACCESS_REFUSED";
/** Code of a restore that could not put back what was there. */
export const RESTORE_INCOMPLETE = "RESTORE_INCOMPLETE";
/** Of a host's disk, or the room for the data. */
export const DISK_FULL = "DISK_FULL";
/** Docker, or AWS, does not answer. */
export const ENGINE_UNAVAILABLE = "ENGINE_UNAVAILABLE";
export const BACKUP_GONE = "BACKUP_GONE";
export const DEADLINE_EXCEEDED = "DEADLINE_EXCEEDED";
/** Of data that there was, and that is not there any more. */
export const DATA_GONE = "DATA_GONE";
export const STACK_LOCKED = "STACK_LOCKED";
/** Of a stack that the installation's passphrase does not open. */
export const WRONG_PASSPHRASE = "WRONG_PASSPHRASE";
/** Of a stack that is there under another name alone. */
export const STACK_RENAMED = "STACK_RENAMED";
/** Of a state that can't be read, or is not the deployment's. */
export const STATE_DAMAGED = "STATE_DAMAGED";
/** Of data that takes more room than it may. */
export const STATE_FULL = "STATE_FULL";
