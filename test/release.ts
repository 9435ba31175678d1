// `npm run release`: keeps the API's document of this version, which `npm run check` compares later ones with.
import { writeFileSync } from "node:fs";
import { openApiDocument } from "../api/contract/openapi.ts";
import { VERSION } from "../api/contract/version.ts";
import { releaseFile } from "./checks/api-since-release.ts";

const file = releaseFile(VERSION);
writeFileSync(file, `${JSON.stringify(openApiDocument("/"), null, 2)}\n`, { flag: "wx" });
console.log(`${file.pathname}: written`);
