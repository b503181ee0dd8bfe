import { type Config, type ConfigOverrides, isFault, readConfig } from '../config.js';
import { DataFolderFault } from '../data-folder.js';
import { StartFault } from '../main.js';

/** A command that cannot go on: its message is all that a person needs. */
export class CommandFailure extends Error {}

/** The configuration, or a CommandFailure that says what is wrong with it. */
export function configuration(overrides: ConfigOverrides): Config {
  const config = readConfig(process.env, overrides);
  if (isFault(config)) throw new CommandFailure(config.fault);
  return config;
}

/** What to print about a failure that is nobody's programming error; null where it is one. */
export function messageOf(error: unknown): string | null {
  const isExpected =
    error instanceof CommandFailure ||
    error instanceof StartFault ||
    error instanceof DataFolderFault;
  return isExpected ? error.message : null;
}
