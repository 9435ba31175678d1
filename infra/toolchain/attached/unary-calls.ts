// The calls of a plugin that have one question and one answer, which are handed on byte by byte.
import type grpc from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import type { PluginProcess } from "./plugin-process.ts";

export type Method = grpc.MethodDefinition<Buffer, Buffer>;
export const asIs = (bytes: Buffer) => bytes;
export const METHODS: ReadonlyMap<string, Method> = new Map(Object.entries(unaryMethods()));

/** Asks a plugin itself. @throws Error of the plugin, or when it has not answered by then */
export function askPlugin(
  { client }: PluginProcess,
  name: string,
  request: Buffer,
  withinMs: number,
): Promise<unknown> {
  const { path } = METHODS.get(name) as Method;
  return new Promise((resolve, reject) => {
    const asked = client.makeUnaryRequest(path, asIs, asIs, request, (error, answer) => {
      clearTimeout(late);
      if (error) reject(error);
      else resolve(answer);
    });
    const late = setTimeout(() => asked.cancel(), withinMs);
  });
}

function unaryMethods(): Record<string, Method> {
  const known = Object.entries(services.ResourceProviderService as unknown as grpc.ServiceDefinition);
  const unary = known.filter(([, { requestStream, responseStream }]) => !requestStream && !responseStream);
  const bytes = {
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  };
  return Object.fromEntries(unary.map(([name, method]) => [name, { ...method, ...bytes }]));
}
