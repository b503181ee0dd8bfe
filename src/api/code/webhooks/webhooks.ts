import type { Mount } from '../../http.js';
import type { CodeDependencies } from '../settings.js';
import { makeWebhookCaller, type WebhookCaller } from './caller.js';
import { keyMounts } from './key-mounts.js';
import { makeSigningKey } from './signing-key.js';

/** The dialect's webhooks: what calls them, and where receivers find the key. */
export interface CodeWebhooks extends WebhookCaller {
  readonly mounts: readonly Mount[];
}

/** Assembles the webhooks over the sequencer's key. */
export function codeWebhooks(
  deps: Pick<CodeDependencies, 'engine' | 'limits' | 'addresses' | 'nowMs' | 'sequencerSeed'>,
): CodeWebhooks {
  const key = makeSigningKey(deps.sequencerSeed);
  return { ...makeWebhookCaller(deps, key), mounts: keyMounts(key) };
}
