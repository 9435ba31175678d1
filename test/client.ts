// `npm run client`: writes the types of the tests' client anew, after the API has changed.
import { writeFileSync } from "node:fs";
import { CLIENT_TYPES, generateClientTypes } from "./support/client-types-source.ts";

writeFileSync(CLIENT_TYPES, await generateClientTypes());
console.log(`${CLIENT_TYPES.pathname}: written`);
