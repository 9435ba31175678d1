// Errors of the driver as it makes them, and connections that break in ways that a pooler breaks them.
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { expect, it, onTestFinished } from "vitest";
import { hearAllClients, isConnectionLost } from "../../../stacks/database/connections.ts";
import { fatal, startBrokenPostgres } from "../../support/fake-postgres.ts";

/** What a query says when its connection is broken that way. */
async function broken(by: Parameters<typeof startBrokenPostgres>[0], timeouts: pg.ClientConfig = {}) {
  const server = await startBrokenPostgres(by);
  onTestFinished(() => server.close());
  const client = new pg.Client({ connectionString: server.url, ...timeouts });
  client.on("error", () => {});
  return client
    .connect()
    .then(() => client.query("select 1"))
    .catch((error: unknown) => error)
    .finally(() => void client.end().catch(() => {}));
}

it("a connection that ends, is ended or does not answer is lost", async () => {
  expect(isConnectionLost(await broken((socket) => socket.destroy()))).toBe(true);
  expect(isConnectionLost(await broken((socket) => socket.resetAndDestroy()))).toBe(true);
  expect(isConnectionLost(await broken((socket) => socket.write(fatal("57P01", "terminating"))))).toBe(true);
  expect(isConnectionLost(await broken((socket) => socket.write(fatal("08P01", "crashed?"))))).toBe(true);
  expect(isConnectionLost(await broken(() => {}, { query_timeout: 100 }))).toBe(true);
  const refused = new pg.Pool({ connectionString: "postgres://x@127.0.0.1:1/x" }).connect();
  expect(isConnectionLost(await refused.catch((error: unknown) => error))).toBe(true);
});

it("what the database refuses, and the errors of others, are not", async () => {
  expect(isConnectionLost(await broken((socket) => socket.write(fatal("23505", "duplicate key"))))).toBe(
    false,
  );
  expect(isConnectionLost(Object.assign(new Error("connect"), { code: "ECONNREFUSED" }))).toBe(false);
  expect(isConnectionLost(new Error("Connection terminated unexpectedly"))).toBe(false);
  expect(isConnectionLost("57P01")).toBe(false);
});

it("a client whose listeners were all taken away does not end the process by a second error", async () => {
  hearAllClients(pg.Client);
  hearAllClients(pg.Client);
  const server = await startBrokenPostgres((socket) =>
    socket.end(Buffer.concat([fatal("57P01", "terminating"), fatal("08P01", "server conn crashed?")])),
  );
  onTestFinished(() => server.close());
  const client = new pg.Client({ connectionString: server.url });
  const heard: string[] = [];
  client.on("error", (error) => {
    heard.push(error.message);
    client.removeAllListeners();
    void client.end();
  });
  await client.connect();
  await expect.poll(() => heard).toHaveLength(1);
  await sleep(300);
  expect(heard).toEqual(["terminating"]);
  expect(client.listenerCount("error")).toBe(1);
});
