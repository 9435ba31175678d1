// Entry of the plain `pulumi` CLI (Pulumi.yaml: main). The API runs the same program inline.
import { program } from "./program.ts";

const outputs = await program();

export const { status, replicas, containerId, endpoint, image, network, volume, taskDefinition } = outputs;
