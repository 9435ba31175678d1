// A call is recorded under the route that carries it out, however its target is written.
import { once } from "node:events";
import type { Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import express, { Router } from "express";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { audit } from "../../api/middleware/audit.ts";
import { routePatterns } from "../../api/middleware/route-pattern.ts";
import type { AuditTrail } from "../../stacks/accounts/audit-trail.ts";

const ID = "01900000-0000-7000-8000-000000000000";
const ROUTE = "/api/v1/assistants/:id/status";

const add = vi.fn<AuditTrail["add"]>();
let server: Server;
beforeAll(async () => {
  const trail = { add } as unknown as AuditTrail;
  const app = express()
    .use("/api/v1", Router().use(audit(trail, routePatterns([ROUTE]), new Set())))
    .get(ROUTE, (_request, response) => void response.end("done"));
  server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => void server.close());

it.each([
  [`/api/v1/assistants/${ID}/status`, ROUTE, ID],
  [`http://z/api/v1/assistants/${ID}/status?x=/api`, ROUTE, ID],
  [`/API/v1/assistants/${ID}/status/`, ROUTE, ID],
  ["http://z/api/v1/elsewhere", null, null],
])("%s", async (target, route, deploymentId) => {
  const before = add.mock.calls.length;
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.resume().write(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  await once(socket, "close");
  await expect.poll(() => add.mock.calls.length).toBeGreaterThan(before);
  const status = route ? 200 : 404;
  expect(add.mock.lastCall?.[0]).toMatchObject({ route, deployment_id: deploymentId, status });
});
