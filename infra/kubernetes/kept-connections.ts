// Credentials of a kubeconfig whose calls share their connections: the client would open another one, with a handshake, for each.
import {
  type Configuration,
  createConfiguration,
  KubeConfig,
  ServerConfiguration,
} from "@kubernetes/client-node";
import type { Dispatcher } from "undici";
import { ClusterClock } from "./cluster-clock.ts";

type Context = Parameters<KubeConfig["applySecurityAuthentication"]>[0];

export class KeptConnections extends KubeConfig {
  /** By the answers of all its clients. */
  readonly clock = new ClusterClock();
  /** What the connections are made from: certificates may change while Berth runs. */
  #wanted = "";
  #kept: { readonly from: string; readonly dispatcher: Dispatcher } | undefined;

  override makeApiClient<T extends ReturnType<KubeConfig["makeApiClient"]>>(
    client: new (configuration: Configuration) => T,
  ): T {
    const baseServer = new ServerConfiguration(this.getCurrentCluster()?.server ?? "", {});
    const promiseMiddleware = [this.clock.reader];
    const configuration = createConfiguration({
      baseServer,
      authMethods: { default: this },
      promiseMiddleware,
    });
    return new client(configuration);
  }

  override createDispatcherOptions(
    ...given: Parameters<KubeConfig["createDispatcherOptions"]>
  ): ReturnType<KubeConfig["createDispatcherOptions"]> {
    const options = super.createDispatcherOptions(...given);
    this.#wanted = JSON.stringify(options);
    return options;
  }

  override async applySecurityAuthentication(context: Context): Promise<void> {
    await super.applySecurityAuthentication(context);
    const dispatcher = context.getDispatcher();
    if (!dispatcher) return;
    if (this.#kept?.from !== this.#wanted) {
      // Calls that are on their way are answered first.
      this.#kept?.dispatcher.close().catch(() => {});
      this.#kept = { from: this.#wanted, dispatcher };
    }
    context.setDispatcher(this.#kept.dispatcher);
  }
}
