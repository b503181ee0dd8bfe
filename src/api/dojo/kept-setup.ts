import type { JsonObject } from '../../domain/json.js';
import type { SetupIntent } from '../../domain/setup.js';
import type { CreateSetupIntent } from './schema/setup-intents.js';

/** Fields of the request that the core has, or that say nothing. */
type Elsewhere = 'description' | 'metadata' | 'expireAt' | 'captureMode';

/** What only this dialect knows of a setup intent: `wire.dojo` of its row. */
export type KeptSetup = Omit<CreateSetupIntent, Elsewhere> & {
  /** Wall time, Unix seconds, until which the newest client session secret opens. */
  secretExpiresAt?: number;
};

/** What is kept of a setup; nothing where another dialect has made it. */
export function keptOf({ wire }: Pick<SetupIntent, 'wire'>): Partial<KeptSetup> {
  return (wire.dojo ?? {}) as Partial<KeptSetup>;
}

/** Lays fields over what is kept, as the `wire` of a setup's update. */
export function withKept(setup: Pick<SetupIntent, 'wire'>, fields: Partial<KeptSetup>): JsonObject {
  return { dojo: { ...keptOf(setup), ...fields } };
}
