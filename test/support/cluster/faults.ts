// What is done to the cluster's machines, by its owner: the tests' own processes order it over HTTP on loopback.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { inject } from "vitest";
import type { Cluster } from "./cluster.ts";
import { SOCKET } from "./containerd.ts";
import { importImages } from "./images.ts";

export type Fault = "cut-off" | "bring-back" | "restart-api-server" | "running";

/** @returns its port, and how to close it */
export async function serveFaults(cluster: Cluster): Promise<{ readonly port: number; close(): void }> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://cluster");
    const [, fault, node] = pathname.split("/");
    cause(cluster, fault as Fault | "import", node, searchParams.get("archive") ?? "").then(
      (text) => response.end(text),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

/** @returns of "running", the ids of the containers that run on the node; it is asked there, past the API server */
export async function order(fault: Fault, node = ""): Promise<string> {
  return ask(`${fault}/${node}`);
}

/** @param archive path of one that holds the images */
export async function importOnNode(node: string, archive: string): Promise<void> {
  await ask(`import/${node}?${new URLSearchParams({ archive })}`);
}

async function ask(what: string): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${inject("cluster").faultsPort}/${what}`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${what}: ${text}`);
  return text;
}

async function cause(
  cluster: Cluster,
  fault: Fault | "import",
  name: string | undefined,
  archive: string,
): Promise<string> {
  if (fault === "restart-api-server") {
    await cluster.controlPlane.restartApiServer();
    return "";
  }
  const node = cluster.nodes.find((candidate) => candidate.name === name);
  if (!node) throw new Error("There is no such node.");
  if (fault === "cut-off") await node.cutOff();
  if (fault === "bring-back") await node.bringBack();
  if (fault === "import") await importImages(node.machine, archive);
  if (fault !== "running") return "";
  return node.machine.run(["ctr", "--address", SOCKET, "--namespace", "k8s.io", "tasks", "list", "--quiet"]);
}
