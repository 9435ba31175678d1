// Who may use models, in memory: one token, one key, and all that was asked and settled.
import type {
  Admitted,
  ModelAccess,
  ModelOutcome,
  ModelRequest,
  Refusal,
} from "../../../infra/gateway/access.ts";

export const TOKEN = "brm_0123456789abcdefghijklmnop";
export const KEY = "sk-real-key-of-the-operator-0123456789";

export class MemoryAccess implements ModelAccess {
  readonly asked: ModelRequest[] = [];
  readonly settled: ModelOutcome[] = [];
  /** Each time that a stream did not begin, or began after all. */
  readonly silences: boolean[] = [];
  /** Why the next ones are refused. */
  refusal: Refusal | undefined;
  /** What goes wrong when one is admitted. */
  failure: Error | undefined;
  /** For which it waits before it admits one. */
  wait: Promise<void> | undefined;
  /** Of the deployment's own server. */
  baseUrl: string | undefined;
  readonly ended = new AbortController();

  async recognize(token: string): Promise<Refusal | undefined> {
    return token === TOKEN ? undefined : { status: 401, message: "This token is not valid." };
  }

  async admit(request: ModelRequest): Promise<Admitted | { readonly refusal: Refusal }> {
    if (this.failure) throw this.failure;
    this.asked.push(request);
    await this.wait;
    if (this.refusal) return { refusal: this.refusal };
    const settle = (outcome: ModelOutcome) => void this.settled.push(outcome);
    const silent = (isSilent: boolean) => void this.silences.push(isSilent);
    return { key: KEY, baseUrl: this.baseUrl, signal: this.ended.signal, silent, settle };
  }
}
