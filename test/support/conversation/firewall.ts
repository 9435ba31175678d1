// Whether https is refused at an address, inside the network namespace that this process is in.
import { execFileSync } from "node:child_process";

export class Firewall {
  readonly #rule: readonly string[];
  #isClosed = false;

  constructor(address: string) {
    const refused = ["-j", "REJECT", "--reject-with", "tcp-reset"];
    this.#rule = ["INPUT", "-d", address, "-p", "tcp", "--dport", "443", ...refused];
  }

  /** Connections that are there already end as well. */
  close(): void {
    if (!this.#isClosed) execFileSync("iptables", ["-I", ...this.#rule], { stdio: "pipe" });
    this.#isClosed = true;
  }

  open(): void {
    if (this.#isClosed) execFileSync("iptables", ["-D", ...this.#rule], { stdio: "pipe" });
    this.#isClosed = false;
  }
}
