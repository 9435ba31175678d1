// The acting side of an attempt: what it does with the deployment's stack, step by step.
import type { AssistantOutputs } from "../../infra/args.ts";
import type { ModelApis } from "../../infra/assistant/model-apis.ts";
import type { BackUp } from "../backups/work.ts";
import type { Deployment } from "../deployments/deployments.ts";
import { readFacts, readFallbacks } from "../deployments/model-facts.ts";
import { parseOutputs } from "../deployments/outputs.ts";
import { redaction } from "../deployments/redaction.ts";
import type { AttemptRecord, Operation } from "../operations/operations.ts";
import type { Step, StepResult } from "../pulumi/messages.ts";
import type { UnfinishedAttempts } from "../pulumi/recovery.ts";
import type { Goal } from "../pulumi/stack-config.ts";
import { withModelToken } from "../usage/tokens.ts";
import { type Done, failure } from "./outcome.ts";
import { recordVolume } from "./pinning.ts";
import { isCollision, MOST_MOVES, moveAway } from "./place.ts";
import { type RunnerParts, StepRunner } from "./step-runner.ts";
import { backUpStep, type StepParts, upStep } from "./steps.ts";

interface AttemptParts extends StepParts, RunnerParts {
  /** Where model providers are asked; absent if they are not to be. */
  readonly modelApis: ModelApis | undefined;
}

/** What is done for an attempt is done with these. */
export interface AttemptContext extends AttemptParts {
  readonly attempt: Attempt;
  readonly operation: Operation;
  readonly deployment: Deployment;
}

export class Attempt {
  readonly #parts: AttemptParts;
  readonly #record: AttemptRecord;
  #deployment: Deployment;
  readonly #runner: StepRunner;

  constructor(parts: AttemptParts, record: AttemptRecord, deployment: Deployment) {
    this.#parts = parts;
    this.#record = record;
    this.#deployment = deployment;
    this.#runner = new StepRunner(parts, record, redaction(parts, deployment));
  }

  /** Whether nothing was tried on the stack before. */
  get isFirst(): boolean {
    return this.#record.before === undefined;
  }

  /** Takes note of what was changed in the deployment's record. */
  changed(deployment: Deployment): void {
    this.#deployment = deployment;
  }

  /** What was tried last on the stack, if it did not succeed: an earlier attempt, or a step of this one. */
  get unfinishedBefore(): UnfinishedAttempts | undefined {
    return this.#runner.unfinishedBefore;
  }

  /** Adds a line to the operation's log. */
  say(message: string): void {
    this.#runner.say(message);
  }

  /** Brings the stack to a goal: in another place where somebody else has the deployment's. */
  async up(goal: Goal): Promise<StepResult<AssistantOutputs>> {
    const tried = new Set<number>();
    try {
      await this.#moveAway(tried);
      for (;;) {
        const result = await this.#upHere(goal);
        const { address } = this.#deployment;
        if (!isCollision(result) || address === null || tried.size >= MOST_MOVES) return result;
        tried.add(address);
        if (!(await this.#moveAway(tried))) return result;
      }
    } catch (error) {
      return failure(error);
    }
  }

  /** @returns whether it has another place now */
  async #moveAway(tried: ReadonlySet<number>): Promise<boolean> {
    const { sql, settings } = this.#parts;
    const parts = { sql, settings, say: (message: string) => this.say(message) };
    const place = await moveAway(parts, this.#deployment, tried);
    if (place !== undefined) this.#deployment = { ...this.#deployment, address: place };
    return place !== undefined;
  }

  async #upHere(goal: Goal): Promise<StepResult<AssistantOutputs>> {
    try {
      if (goal.replicas === 1 && !goal.isWaiting)
        this.#deployment = await withModelToken(this.#parts.sql, this.#parts, this.#deployment);
      const modelFacts = await readFacts(this.#parts.sql, this.#deployment);
      const fallbackModels = await readFallbacks(this.#parts.sql, this.#deployment);
      const known = { ...goal, modelFacts, fallbackModels };
      const prepared = await this.#runner.prepare(() =>
        upStep(this.#parts, this.#record, this.#deployment, known, this.unfinishedBefore),
      );
      if (prepared.state !== "done") return prepared;
      const step = prepared.value;
      const result = await this.runStep(step);
      const { incoming } = step.config;
      if (incoming !== undefined) return await this.#changeData(goal, incoming, result);
      if (result.state !== "succeeded") return result;
      return { state: "succeeded", outputs: parseOutputs(result.outputs, goal) };
    } catch (error) {
      return failure(error);
    }
  }

  /** Backs up what may be running. */
  async backUp(backUp: BackUp): Promise<StepResult> {
    const step = backUpStep(this.#parts, this.#record, this.#deployment, backUp, this.unfinishedBefore);
    return this.runStep(step);
  }

  /**
   * After a restore into a fresh place: if it is whole, that is where the data is from here on. Then the stack is brought
   * to what it was without the other place, which goes last. Cut off in between, the next step on the stack does it.
   */
  async #changeData(
    { data: _, ...goal }: Goal,
    incoming: string,
    restored: StepResult,
  ): Promise<StepResult<AssistantOutputs>> {
    if (restored.state !== "succeeded" && restored.state !== "failed") return restored;
    if (restored.state === "succeeded") {
      await recordVolume(this.#parts.sql, this.#record.operation, incoming);
      this.#deployment = { ...this.#deployment, data_volume: incoming };
    }
    const cleared = await this.up(goal);
    if (restored.state === "failed") return restored;
    if (cleared.state !== "failed") return cleared;
    this.say(`The volume that is not needed any more could not be removed. ${cleared.cause.message}`);
    return {
      state: "succeeded",
      outputs: { ...parseOutputs(restored.outputs, goal), volume: incoming },
    };
  }

  /**
   * Runs a step in a child process.
   * @throws Error when the child can't be ended
   */
  async runStep(step: Step): Promise<StepResult> {
    return this.#runner.run(step);
  }

  /** Does something in this process; the signal says that it is to end. @throws what it has thrown when it had to end */
  async here<T>(act: (signal: AbortSignal) => Promise<T>): Promise<Done<T>> {
    return this.#runner.here(act);
  }
}
