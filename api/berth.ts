// `npm run -s berth -- …`: the operator's command.
import { CommanderError } from "commander";
import { printFailure } from "../infra/toolchain/progress.ts";
import { berthProgram } from "./commands/program.ts";
import { readConfig } from "./config/config.ts";

const program = berthProgram(readConfig);
try {
  if (process.argv.length === 2) program.outputHelp();
  else await program.parseAsync();
} catch (error) {
  // It has printed its own words: help, or what is wrong with the arguments.
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else {
    printFailure(error);
    process.exitCode = 1;
  }
}
