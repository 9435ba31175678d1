// Who carries out the operator's calls about the whole installation.
import type { RequestHandler } from "express";
import type { DoctorParts } from "../../stacks/doctor/parts.ts";
import type { LifecycleContext } from "../../stacks/operations/enqueue.ts";
import type { DOCTOR_CALLS } from "../contract/doctor.ts";
import type { FLEET_CALLS } from "../contract/fleet.ts";
import type { OPERATOR_CALLS } from "../contract/operator.ts";
import * as accounts from "./accounts.ts";
import type { CallParts } from "./allowed-calls.ts";
import { doctor } from "./doctor.ts";
import * as fleet from "./fleet.ts";
import { type InstallationParts, installation } from "./installation.ts";
import * as payments from "./payments.ts";
import { fleetStack, type ReadStack } from "./stack.ts";

export interface OperatorParts extends LifecycleContext, CallParts, DoctorParts, InstallationParts {
  readonly readStack: ReadStack;
}

type Name = keyof typeof DOCTOR_CALLS | keyof typeof FLEET_CALLS | keyof typeof OPERATOR_CALLS;

export function operatorCalls(parts: OperatorParts): Record<Name, RequestHandler> {
  return {
    doctor: doctor(parts),
    listFleet: fleet.list(parts),
    fleetTotals: fleet.totals(parts),
    showFleetMember: fleet.show(parts),
    showFleetStack: fleetStack(parts),
    upgradeFleetMember: fleet.upgrade(parts),
    adoptFleetMember: fleet.adopt(parts),
    listAccounts: accounts.list(parts),
    listPayments: payments.list(parts),
    paymentTotals: payments.totals(parts),
    showInstallation: installation(parts),
  };
}
