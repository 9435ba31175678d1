// A deployment's Pulumi stack: whether its state is whole, agrees with the record, and holds no secret.
import { isDeepStrictEqual } from "node:util";
import { counted } from "../../infra/sentences.ts";
import { recordedOutputs } from "../deployments/outputs.ts";
import { foreignUrns } from "../pulumi/stack-state.ts";
import { type Check, type Complaint, error, inWords, REDEPLOY, warning } from "./check.ts";
import type { InStack } from "./picture.ts";

/** Of these the record keeps what the stack has said last; what failed may be anything. */
const RECORDED = ["purchased", "active", "stopped", "suspended"];

export const STACK_CHECKS: readonly Check<InStack>[] = [
  { name: "stack", look: stackIsAsRecorded },
  { name: "stack-state", look: stateIsWhole },
  { name: "stack-ownership", look: stateSpeaksOfItself },
  { name: "stack-outputs", look: outputsAreAsRecorded },
  { name: "stack-pending", look: nothingIsPending },
  { name: "stack-salt", look: saltIsTheStates },
  { name: "stack-lock", look: isUnlocked },
  { name: "stack-secrets", look: holdsNoSecret },
];

function stackIsAsRecorded({ deployment: { id, stack_exists }, stack }: InStack): Complaint[] {
  if (stack.exists === stack_exists) return [];
  if (stack_exists && stack.renamedTo !== undefined) {
    const message = `Its Pulumi stack: expected under its name, found it as ${stack.renamedTo}.`;
    return [error(message, `pulumi stack rename ${id} --stack ${stack.renamedTo}`)];
  }
  if (stack_exists) {
    const advice = "Redeploy or delete it: Berth makes a new stack around the data that it has.";
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

/** The advice is for what doing anything else would do to others. */
export const NOT_ITS_OWN =
  "Don't run pulumi up, refresh or destroy on it: that acts on what is another's. Restore its state (pulumi stack import) from a copy of its own, or delete it by the API, which removes its own parts alone.";

function stateSpeaksOfItself({ deployment: { id }, stack: { resources } }: InStack): Complaint[] {
  const [urn] = foreignUrns({ resources }, id);
  if (urn === undefined) return [];
  return [error(`Its Pulumi state: expected resources of its own stack, found ${urn}.`, NOT_ITS_OWN)];
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
  return [
    error(
      `Its Pulumi state: expected nothing pending, found ${counted(pendingOperations, "change")}.`,
      advice,
    ),
  ];
}

function saltIsTheStates({ stack: { salt, settingsSalt } }: InStack): Complaint[] {
  if (salt === undefined || settingsSalt === undefined || salt === settingsSalt) return [];
  const message = `Its stack's settings: expected the encryptionsalt of its state, ${salt}, found ${settingsSalt}.`;
  return [error(message, "Redeploy, stop or delete it: each sets that aside; nothing is encrypted by it.")];
}

function isUnlocked({ deployment: { id }, stack }: InStack): Complaint[] {
  return (stack.locks ?? []).flatMap(({ owner, isHeld }): Complaint[] => {
    if (isHeld === "yes") return [];
    const advice = `Redeploy or delete it; by hand: pulumi cancel --stack ${id}`;
    const found = `Its stack's lock: expected none, found one of ${owner ?? "nobody"}`;
    const why = owner === undefined ? "and Pulumi respects it" : "which doesn't run any more";
    if (isHeld === "no") return [error(`${found}, ${why}.`, advice)];
    return [
      warning(`${found}; whether it still works on the stack can't be seen here.`, `If not: ${advice}`),
    ];
  });
}

function holdsNoSecret({ stack: { leaks } }: InStack): Complaint[] {
  const advice = "Take another secret, redeploy, and remove the state's old copies and history.";
  return leaks.map((name) => error(`Its Pulumi state: expected no secret, found ${name}.`, advice));
}
