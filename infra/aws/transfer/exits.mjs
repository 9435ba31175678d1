// What the program that carries a state exits with where Berth has words for it.

export const EXITS = {
  refused: 10,
  unreachable: 11,
  tooLarge: 12,
  notUnpacked: 13,
  noTar: 14,
  changed: 15,
};

/** Is added to them where nothing was replaced. More than 128 would be signals. */
export const UNTOUCHED = 100;
