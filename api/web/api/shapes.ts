// The API's shapes by their names. Types only: what is pure gets at them without the client.
import type { components, paths } from "./types.ts";

type Shapes = components["schemas"];
export type Deployment = Shapes["Deployment"];
export type DeploymentStatus = Shapes["DeploymentStatus"];
export type Operation = Shapes["Operation"];
export type Usage = Shapes["Usage"];
export type PastSample = Shapes["UsageSample"];
export type OperationEvent = Shapes["LogEntry"]["event"];
export interface LogEntry {
  readonly at: string;
  readonly event: OperationEvent;
}
export type ModelProvider = paths["/api/v1/models"]["get"]["parameters"]["query"]["provider"];
export type PatchBody = NonNullable<
  paths["/api/v1/assistants/{id}"]["patch"]["requestBody"]
>["content"]["application/json"];
