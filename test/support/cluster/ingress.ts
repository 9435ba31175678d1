// What stands before a Service in a cluster, on this host: connections to it go to the pods that are ready, in turn.
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface Ingress {
  readonly url: string;
  close(): void;
}

/** @param pods addresses of those that are ready now */
export async function startIngress(address: string, port: number, pods: () => string[]): Promise<Ingress> {
  let turn = 0;
  const server = createServer(async (client) => {
    client.on("error", () => {});
    for (;;) {
      const ready = pods();
      const pod = ready[turn++ % ready.length];
      if (client.destroyed) return;
      if (!pod) {
        await sleep(500);
        continue;
      }
      const upstream = connect(port, pod);
      upstream.on("error", () => client.destroy());
      upstream.once("close", () => client.destroy());
      client.once("close", () => upstream.destroy());
      client.pipe(upstream).pipe(client);
      return;
    }
  });
  server.listen(0, address);
  await once(server, "listening");
  return {
    url: `http://${address}:${(server.address() as AddressInfo).port}`,
    close: () => void server.close(),
  };
}
