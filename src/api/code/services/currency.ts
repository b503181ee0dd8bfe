import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import {
  type Currency,
  GetAllRatesResponse_Result as Result,
} from '../../../wire/code/proto/code/currency/v1/currency_pb.js';
import type { Service } from '../service.js';
import type { CodeDependencies } from '../settings.js';

/** The Currency service: what a kin is worth. Rates of the past are not kept. */
export function currencyService({
  nowMs,
  rates: { current },
}: Pick<CodeDependencies, 'nowMs' | 'rates'>): Service<typeof Currency> {
  return {
    getAllRates: async ({ timestamp }) => {
      const { asOf, rates } = current();
      // A moment of the future has no rates, nor has one before the present ones were set.
      const asked = timestamp === undefined ? null : Number(timestamp.seconds);
      if (asked !== null && (asked < asOf || asked * 1000 > nowMs()))
        return { result: Result.MISSING_DATA };
      return {
        result: Result.OK,
        asOf: timestampFromMs(asOf * 1000),
        rates: Object.fromEntries(rates),
      };
    },
  };
}
