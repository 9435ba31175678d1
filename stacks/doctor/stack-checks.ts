// A deployment's Pulumi stack: whether its state is whole, agrees with the record, and holds no secret.
import { isDeepStrictEqual } from "node:util";
import { recordedOutputs } from "../deployments/outputs.ts";
import { type Check, type Complaint, error, inWords, REDEPLOY, warning } from "./check.ts";
import type { InStack } from "./picture.ts";

/** Of these the record keeps what the stack has said last; what failed may be anything. */
const RECORDED = ["purchased", "active", "stopped", "suspended"];

export const STACK_CHECKS: readonly Check<InStack>[] = [
  { name: "stack", look: stackIsAsRecorded },
  { name: "stack-state", look: stateIsWhole },
  { name: "stack-outputs", look: outputsAreAsRecorded },
  { name: "stack-pending", look: nothingIsPending },
  { name: "stack-lock", look: isUnlocked },
  { name: "stack-secrets", look: holdsNoSecret },
];

function stackIsAsRecorded({ deployment: { id, stack_exists }, stack }: InStack): Complaint[] {
  if (stack.exists === stack_exists) return [];
  if (stack_exists) {
    const advice = "Restore its state from a backup of the data folder, or delete the deployment.";
    return [error("Its Pulumi stack: expected to be there, found none.", advice)];
  }
  const advice = `Redeploy or delete it; by hand: pulumi stack rm --stack ${id}`;
  return [warning("Its Pulumi stack: expected none, found one that the record doesn't know.", advice)];
}

function stateIsWhole({ stack: { damage } }: InStack): Complaint[] {
  if (damage === undefined) return [];
  const advice = "Redeploy it: Berth puts the latest whole copy in its place first, where there is one.";
  return [error(`Its Pulumi state: expected one that can be read, found that ${damage}.`, advice)];
}

function outputsAreAsRecorded({ deployment: { status, outputs }, stack }: InStack): Complaint[] {
  if (!stack.exists || stack.damage !== undefined || !RECORDED.includes(status)) return [];
  const [recorded, found] = [recordedOutputs(outputs), recordedOutputs(stack.outputs)];
  if (isDeepStrictEqual(recorded, found)) return [];
  const message = `Its stack's outputs: expected those of the record, ${inWords(recorded)}, found ${inWords(found)}.`;
  return [error(message, REDEPLOY)];
}

function nothingIsPending({ stack: { pendingOperations } }: InStack): Complaint[] {
  if (pendingOperations === 0) return [];
  const advice = "Redeploy it; by hand: pulumi refresh --clear-pending-creates";
  return [error(`Its Pulumi state: expected nothing pending, found ${pendingOperations} changes.`, advice)];
}

function isUnlocked({ deployment: { id }, stack }: InStack): Complaint[] {
  return (stack.locks ?? []).flatMap(({ owner, isHeld }): Complaint[] => {
    if (isHeld === "yes") return [];
    const advice = `Redeploy or delete it; by hand: pulumi cancel --stack ${id}`;
    const found = `Its stack's lock: expected none, found one of ${owner}`;
    if (isHeld === "no") return [error(`${found}, which doesn't run any more.`, advice)];
    return [
      warning(`${found}; whether it still works on the stack can't be seen here.`, `If not: ${advice}`),
    ];
  });
}

function holdsNoSecret({ stack: { leaks } }: InStack): Complaint[] {
  const advice = "Take another secret, redeploy, and remove the state's old copies and history.";
  return leaks.map((name) => error(`Its Pulumi state: expected no secret, found ${name}.`, advice));
}
