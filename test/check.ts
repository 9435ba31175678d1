// `npm run check`: types, lint and format, dead code, and the API against that of the last release.
import { runChecks } from "./checks/checks.ts";

const { passed, failed, broken } = await runChecks();
for (const sentence of broken) console.log(sentence);
console.log(`${passed} checks passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
