import { BYTE_TARGETS } from './byte-targets.js';
import { SDK_TARGETS } from './sdk-targets.js';
import type { Target } from './target.js';
import { TEXT_TARGETS } from './text-targets.js';

/** Every reader of what strangers write that can be tried without a server. */
export const TARGETS: readonly Target[] = [...TEXT_TARGETS, ...BYTE_TARGETS, ...SDK_TARGETS];
