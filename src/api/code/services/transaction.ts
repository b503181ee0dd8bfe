import type { Transaction } from '../../../wire/code/proto/code/transaction/v2/transaction_pb.js';
import type { Service } from '../service.js';
import type { CodeDependencies } from '../settings.js';

/** The Transaction service. */
export function transactionService(_deps: CodeDependencies): Service<typeof Transaction> {
  return {};
}
