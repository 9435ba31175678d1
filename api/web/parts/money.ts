const USD = new Intl.NumberFormat("en", { style: "currency", currency: "USD" });

/** Dollars with their sign; less than a cent is said to be so. */
export function money(usd: number): string {
  return usd > 0 && usd < 0.01 ? `< ${USD.format(0.01)}` : USD.format(usd);
}
