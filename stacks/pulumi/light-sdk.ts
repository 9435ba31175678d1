// Has Pulumi's SDK load without TypeScript and npm's Arborist, which it needs to serialize functions and Berth does not use:
// half of its loading time, and 50 MB. Imported before the SDK.
import { registerHooks } from "node:module";

/** An SDK that keeps these elsewhere only loads more slowly. */
const UNUSED = /\/@npmcli\/arborist\/lib\/index\.js$|\/@pulumi\/pulumi\/typescript-shim\.js$/;

registerHooks({
  load(url, context, nextLoad) {
    if (!UNUSED.test(url)) return nextLoad(url, context);
    return { format: "commonjs", source: "module.exports = {};", shortCircuit: true };
  },
});
