// Sixty customers activate at the same moment on one host.
import { Server } from "../support/faults/server.ts";
import { allAtOnce, deleteAll, preparedSlots, ROOM } from "./slots.ts";
import { ms, percentile, seconds, type Table } from "./table.ts";

const COUNT = 60;

export async function crowd(image: string): Promise<Table> {
  const server = await Server.start(83, { settings: { BERTH_ASSISTANT_IMAGE: image, ...ROOM } });
  try {
    const ids = await preparedSlots(server, COUNT);
    const { times, reads } = await allAtOnce(server, ids, "activate");
    const healthy = await Promise.all(ids.map((id) => isHealthy(server, id)));
    const gone = await deleteAll(server, ids);
    return [
      [`${COUNT} assistants activated at once`, ""],
      ["all are active", seconds(Math.max(...times))],
      ["one is active, p50 and p95", `${seconds(percentile(times, 50))}, ${seconds(percentile(times, 95))}`],
      ["healthy then", `${healthy.filter(Boolean).length} of ${COUNT}`],
      [
        `${reads.length} status reads meanwhile, p50 and p99`,
        `${ms(percentile(reads, 50))}, ${ms(percentile(reads, 99))}`,
      ],
      ["all deleted at once, nothing left", seconds(Math.max(...gone.times))],
    ];
  } finally {
    await server.close();
  }
}

async function isHealthy(server: Server, id: string): Promise<boolean> {
  const { body } = await server.call("GET", `${id}/status`);
  const outputs = body.data?.outputs as { endpoint: string } | undefined;
  return outputs !== undefined && (await fetch(`${outputs.endpoint}/healthz`)).ok;
}
