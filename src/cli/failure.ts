import { type Config, type ConfigOverrides, isFault, readConfig } from '../config.js';
import { SolanaFault } from '../rails/solana/fault.js';
import { StartFault } from '../start-fault.js';

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
    error instanceof CommandFailure || error instanceof StartFault || error instanceof SolanaFault;
  return isExpected ? error.message : null;
}
