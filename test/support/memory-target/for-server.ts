// For a server that is a process of its own, by `--import`: what it starts needs the rows alone, and is to start fast.
import "./row.ts";

if (process.argv[1]?.endsWith("/api/main.ts")) await import("./watch.ts");
