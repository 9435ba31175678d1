// Errors as the engine reads them: a sentence, and for a resource that exists all the same, its id and state.
import grpc from "@grpc/grpc-js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import status from "@pulumi/pulumi/proto/status_pb.js";
import any from "google-protobuf/google/protobuf/any_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { PartlyMade } from "./resource-kind.ts";

/** @param messageOf the sentence for an error, in the words of the program that did the work */
export function failureOf(error: unknown, messageOf: (error: unknown) => string): Partial<grpc.StatusObject> {
  if (!(error instanceof PartlyMade)) return { code: grpc.status.UNKNOWN, details: messageOf(error) };
  const details = messageOf(error.cause);
  return { code: grpc.status.UNKNOWN, details, metadata: partlyMade(error, details) };
}

/** gRPC for Node has no typed details: they travel in the trailer that gRPC reserves for them. */
function partlyMade({ id, outputs }: PartlyMade, message: string): grpc.Metadata {
  const detail = new proto.ErrorResourceInitFailed();
  detail.setId(id);
  detail.setReasonsList([message]);
  detail.setProperties(struct.Struct.fromJavaScript(outputs));
  const packed = new any.Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const envelope = new status.Status();
  envelope.setCode(grpc.status.UNKNOWN);
  envelope.setMessage(message);
  envelope.addDetails(packed);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(envelope.serializeBinary()));
  return metadata;
}
