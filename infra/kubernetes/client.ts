// Calls of the API server, with the credentials of the usual chain: KUBECONFIG, the user's kubeconfig, the service account of
// the pod that Berth runs in.
import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  type KubeConfig,
  NetworkingV1Api,
} from "@kubernetes/client-node";
import { EngineAway } from "../target.ts";
import { KeptConnections } from "./kept-connections.ts";
import type { KubernetesNamespace } from "./place.ts";

export interface Cluster {
  readonly config: KubeConfig;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly networking: NetworkingV1Api;
  readonly custom: CustomObjectsApi;
  readonly namespace: string;
  /** The cluster's own time, in ms since 1970. */
  now(): number;
}

/** The client's own, where it has found neither a kubeconfig nor a pod's service account. */
const OF_NOTHING = "loaded-context";
const NOWHERE = "http://localhost:8080";
const NO_CLUSTER =
  "No cluster is named: there is no kubeconfig, and Berth does not run in a pod. Set KUBECONFIG, or put one into ~/.kube/config.";

/** @throws Error when no cluster is named, or the context is not one of the kubeconfig */
export function connect({ context, namespace }: Pick<KubernetesNamespace, "context" | "namespace">): Cluster {
  const config = new KeptConnections();
  config.loadFromDefault();
  if (config.getCurrentContext() === OF_NOTHING && config.getCurrentCluster()?.server === NOWHERE)
    throw new Error(NO_CLUSTER);
  if (context !== null) {
    const known = config.getContexts().map(({ name }) => name);
    if (!known.includes(context)) throw new Error(unknownContext(context, known));
    config.setCurrentContext(context);
  }
  return {
    config,
    core: config.makeApiClient(CoreV1Api),
    apps: config.makeApiClient(AppsV1Api),
    networking: config.makeApiClient(NetworkingV1Api),
    custom: config.makeApiClient(CustomObjectsApi),
    namespace,
    now: () => config.clock.now(),
  };
}

function unknownContext(context: string, known: readonly string[]): string {
  const there = known.length > 0 ? `it has ${known.join(", ")}` : "it has none";
  return `The kubeconfig has no context ${context}: ${there}. Set BERTH_KUBERNETES_CONTEXT, or KUBECONFIG.`;
}

/** Undefined for what is not there. @throws every other error */
export function unlessGone(error: unknown): undefined {
  if (codeOf(error) === 404) return undefined;
  throw error;
}

/** HTTP status of the API server's answer; undefined where it has not answered. */
export function codeOf(error: unknown): number | undefined {
  return error instanceof ApiException ? error.code : undefined;
}

/** Whether the API server has answered that it has too much to do, or is not well: the same call may be answered a moment later. */
export function mayPass(error: unknown): boolean {
  const code = codeOf(error) ?? (error instanceof Error ? codeOf(error.cause) : undefined);
  return code === 429 || (code !== undefined && code >= 500);
}

/** Undefined for what may pass. @throws every other error */
export function unlessPassing(error: unknown): undefined {
  if (!mayPass(error)) throw error;
}

/** An error of the API server as a sentence, without headers and bodies. */
export function wordsOf(error: unknown): string {
  if (error instanceof ApiException) return refusal(error.code, messageIn(error.body));
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause as NodeJS.ErrnoException | undefined;
  const { code = cause?.code } = error as NodeJS.ErrnoException;
  if (code !== undefined && NETWORK.test(code)) return notReachable(code);
  // The client's fetch says nothing else, whatever it was: a certificate of another authority, for example.
  return error.message === "fetch failed" ? notReachable(code ?? cause?.message ?? "") : error.message;
}

/** Codes of a connection. Of a file, or of a program, that gives the credentials and is not there they are others. */
const NETWORK = /^((?!ENOENT|EACCES)E[A-Z]+|UND_ERR_\w+|CERT_\w+|\w+_CERT\w*)$/;

function notReachable(why: string): string {
  return `The Kubernetes API server is not reachable: ${why}`;
}

function refusal(code: number, message: string): string {
  // The client does not hand over what the API server says with it.
  if (code === 401)
    return `The Kubernetes API server refuses Berth's credentials: ${message === SILENT ? "they have ended, or are of another cluster" : message}`;
  if (code === 403) return `The Kubernetes API server refuses Berth this: ${message}`;
  return `The Kubernetes API server answers ${code}: ${message}`;
}

const SILENT = "without a reason";

function messageIn(body: unknown): string {
  try {
    const parsed = typeof body === "string" ? JSON.parse(body) : body;
    return String((parsed as { message?: unknown }).message ?? SILENT).slice(0, 1_000);
  } catch {
    return SILENT;
  }
}

/** @throws EngineAway when the work fails, with words for a log */
export async function asking<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new EngineAway(new Error(wordsOf(error), { cause: error }));
  }
}

/** @throws Error with words for people when the work fails */
export async function inWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error(wordsOf(error), { cause: error });
  }
}

/** Opens a connection into a pod. The client knows no deadline for that: one that comes after the signal is left. */
export async function opening<T extends object>(
  connection: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  // Not by a close, whose answer the API server may keep for long.
  const leave = (socket: T) => "terminate" in socket && (socket as { terminate(): void }).terminate();
  const late = Promise.withResolvers<never>();
  const onLate = () => late.reject(signal?.reason);
  signal?.addEventListener("abort", onLate, { once: true });
  if (signal?.aborted) onLate();
  try {
    return await Promise.race([connection, late.promise]);
  } catch (error) {
    void connection.then(leave, () => {});
    throw error;
  } finally {
    signal?.removeEventListener("abort", onLate);
  }
}
