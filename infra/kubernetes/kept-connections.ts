// Credentials of a kubeconfig whose calls share their connections: the client would open another one, with a handshake, for each.
import { KubeConfig } from "@kubernetes/client-node";
import type { Dispatcher } from "undici";

type Context = Parameters<KubeConfig["applySecurityAuthentication"]>[0];

export class KeptConnections extends KubeConfig {
  /** What the connections are made from: certificates may change while Berth runs. */
  #wanted = "";
  #kept: { readonly from: string; readonly dispatcher: Dispatcher } | undefined;

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
      void this.#kept?.dispatcher.close();
      this.#kept = { from: this.#wanted, dispatcher };
    }
    context.setDispatcher(this.#kept.dispatcher);
  }
}
