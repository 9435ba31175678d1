// Amounts as Kubernetes writes them: `250m`, `12345n`, `512Mi`, `1e3`. Pure.

const UNITS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
};

/** In whole units: cores, bytes. @throws Error for another text */
export function quantity(text: string): number {
  const [, amount = "", unit = ""] = /^(\d+(?:\.\d+)?(?:[eE]\d+)?)([a-zA-Z]{0,2})$/.exec(text) ?? [];
  const factor = UNITS[unit];
  if (amount === "" || factor === undefined) throw new Error(`${text} is no quantity of Kubernetes.`);
  return Number(amount) * factor;
}
