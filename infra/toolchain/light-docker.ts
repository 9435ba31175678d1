// Has dockerode load without what Berth does not use: builds by BuildKit, with gRPC and protobuf; and SSH only once an engine is
// asked by it. That is half of its loading time, and 20 MB. Imported before it.
import { registerHooks } from "node:module";

/** A dockerode that keeps these elsewhere only loads more slowly. */
const UNUSED = /\/dockerode\/lib\/(session|buildkit)\.js$/;
const SSH = /\/docker-modem\/lib\/ssh\.js$/;
const LOADS_AT_ONCE = "require('ssh2').Client";
const LOADS_WHEN_USED = "function () { return Reflect.construct(require('ssh2').Client, arguments); }";

registerHooks({
  load(url, context, nextLoad) {
    if (UNUSED.test(url)) return { format: "commonjs", source: "module.exports = {};", shortCircuit: true };
    const loaded = nextLoad(url, context);
    if (!SSH.test(url) || !loaded.source) return loaded;
    return { ...loaded, source: String(loaded.source).replace(LOADS_AT_ONCE, LOADS_WHEN_USED) };
  },
});
