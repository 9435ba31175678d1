// Nameservers that know every name: no answer is cached, and there is no IPv6.
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";

const HEADER_BYTES = 12;

/** Answers names at port 53 of each of these addresses, which have to be this process's own: a reply comes from there. */
export async function answerNames(
  nameservers: readonly string[],
  addressOf: (name: string) => string,
): Promise<void> {
  const listening = nameservers.map(
    (nameserver) =>
      new Promise<void>((resolve, reject) => {
        const udp = createSocket("udp4").once("error", reject);
        udp.on("message", (query, from) => answer(udp, query, from, addressOf));
        udp.bind(53, nameserver, resolve);
      }),
  );
  await Promise.all(listening);
}

function answer(
  udp: Socket,
  query: Buffer,
  { port, address }: RemoteInfo,
  addressOf: (name: string) => string,
): void {
  const labels: string[] = [];
  let end = HEADER_BYTES;
  for (let length = query[end] ?? 0; length > 0; length = query[end] ?? 0) {
    labels.push(query.toString("latin1", end + 1, end + 1 + length));
    end += length + 1;
  }
  const question = query.subarray(HEADER_BYTES, end + 5);
  const isA = query.readUInt16BE(end + 1) === 1;
  const head = Buffer.from([0, 0, 0x81, 0x80, 0, 1, 0, isA ? 1 : 0, 0, 0, 0, 0]);
  query.copy(head, 0, 0, 2);
  const octets = addressOf(labels.join(".").toLowerCase()).split(".").map(Number);
  const record = isA ? Buffer.from([0xc0, HEADER_BYTES, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...octets]) : [];
  udp.send(Buffer.concat([head, question, Buffer.from(record)]), port, address);
}
