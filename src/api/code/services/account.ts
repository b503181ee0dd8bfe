import type { Account } from '../../../wire/code/proto/code/account/v1/account_pb.js';
import type { Service } from '../service.js';
import type { CodeDependencies } from '../settings.js';

/** The Account service. */
export function accountService(_deps: CodeDependencies): Service<typeof Account> {
  return {};
}
