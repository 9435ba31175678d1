import type { RequestHandler } from "express";
import { examineAll, examineOne } from "../../stacks/doctor/doctor.ts";
import type { DoctorParts } from "../../stacks/doctor/parts.ts";
import { Stocks } from "../../stacks/doctor/stocks.ts";
import { DoctorQuery } from "../contract/requests.ts";
import { requireOperator } from "../middleware/account-access.ts";
import { callerOf } from "../middleware/caller.ts";
import { parse } from "../middleware/problem.ts";

/** GET /doctor: audits one deployment, or all of all accounts by pages; changes nothing of them. */
export function doctor(parts: DoctorParts): RequestHandler {
  const stocks = new Stocks();
  return async (request, response) => {
    requireOperator(callerOf(response), "audit deployments");
    const { deployment, rehearse, ...page } = parse(DoctorQuery, request.query);
    if (rehearse === "true") await parts.rehearsal.again();
    const { rows, nextCursor } =
      deployment === undefined
        ? await examineAll(parts, page, stocks)
        : { rows: await examineOne(parts, deployment), nextCursor: null };
    response.json({ data: rows, nextCursor });
  };
}
