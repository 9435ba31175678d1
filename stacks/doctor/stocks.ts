// What a target holds, listed once for the pages of one look at all deployments: to list it costs as much as there is of it.
import type { Stock } from "./target-audit.ts";

/** Until the next pages have come, and no longer. */
const KEPT_MS = 30_000;

type Take = () => Promise<Stock | undefined>;

export class Stocks {
  #latest: Promise<Stock | undefined> | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** For who begins to look. @throws Error as `take` */
  async takeNew(take: Take): Promise<Stock | undefined> {
    clearTimeout(this.#timer);
    this.#latest = take();
    this.#timer = setTimeout(() => this.#forget(), KEPT_MS).unref();
    const stock = await this.#latest.catch((error: unknown) => {
      this.#forget();
      throw error;
    });
    // A target that does not answer may do so for the next page.
    if (!stock || stock.labelled.size === 0) this.#forget();
    return stock;
  }

  /** For who goes on: the latest, if that is young enough. @throws Error as `take` */
  forNextPage(take: Take): Promise<Stock | undefined> {
    return this.#latest ?? this.takeNew(take);
  }

  #forget(): void {
    this.#latest = undefined;
  }
}
