// fast-check with the seed of this run. Tests import it from here: from the package it would draw a seed of its own.
import fc from "fast-check";
import { SEED } from "./seed.ts";

fc.configureGlobal({ seed: SEED });

export { fc };
