import type { Request } from "express";
import { notFound } from "../../stacks/errors.ts";
import { DeploymentId } from "../contract/requests.ts";

/** @throws BerthError NOT_FOUND: what is no id names no deployment. */
export function deploymentId(request: Request): string {
  const parsed = DeploymentId.safeParse(request.params.id);
  if (!parsed.success) throw notFound();
  return parsed.data.toLowerCase();
}
