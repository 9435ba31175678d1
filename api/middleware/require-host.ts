// One Host header, which can be a host. What stands between a client and Berth might route by another one than Berth reads.
import type { RequestHandler } from "express";
import { invalidRequest } from "./problem.ts";

const HOST = /^(?:\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,255})(?::[0-9]{1,5})?$/i;

/** @throws BerthError INVALID_REQUEST for several Host headers, or one that is malformed. HTTP/1.0 may have none. */
export const requireHost: RequestHandler = ({ headers, rawHeaders }, _response, next) => {
  const count = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === "host").length;
  if (count > 1) throw invalidRequest([{ field: "Host", message: "must be sent once" }]);
  if (headers.host !== undefined && !HOST.test(headers.host))
    throw invalidRequest([{ field: "Host", message: "must be a host name or address, and perhaps a port" }]);
  next();
};
