import type { Identity } from '../../../wire/code/proto/code/user/v1/user_pb.js';
import type { Service } from '../service.js';
import type { CodeDependencies } from '../settings.js';

/** The Identity service. */
export function identityService(_deps: CodeDependencies): Service<typeof Identity> {
  return {};
}
