import type { Currency } from '../../../wire/code/proto/code/currency/v1/currency_pb.js';
import type { Service } from '../service.js';
import type { CodeDependencies } from '../settings.js';

/** The Currency service. */
export function currencyService(_deps: CodeDependencies): Service<typeof Currency> {
  return {};
}
