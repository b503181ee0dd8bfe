import type { Messaging } from '../../../wire/code/proto/code/messaging/v1/messaging_pb.js';
import type { Service } from '../service.js';
import type { CodeDependencies } from '../settings.js';

/** The Messaging service. */
export function messagingService(_deps: CodeDependencies): Service<typeof Messaging> {
  return {};
}
