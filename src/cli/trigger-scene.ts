import type Stripe from 'stripe';
import { passTo } from './clock.js';
import { ApiRefusal, type MerchantApi, type Method, type Params } from './merchant-api.js';

/** Where an event is made to happen: an account, and a test clock for what takes its time. */
export interface Scene {
  /** Calls the Stripe dialect; ids of what it answers count as made here. */
  call<T = Made>(method: Method, path: string, params?: Params): Promise<T & Made>;
  /** The same for the Dojo dialect. */
  dojo(method: Method, path: string, body?: object): Promise<Made>;
  /** The same for what the Code dialect takes as JSON; nothing of it counts as made. */
  code<T>(method: Method, path: string, body?: object): Promise<T>;
  /** What a request of Code is to name as its webhook; null where nobody has said. */
  readonly webhook: string | null;
  /** A call that a bank declines; anything else is thrown. */
  declined(call: Promise<unknown>): Promise<void>;
  /** A customer whose payments are on the scene's clock. */
  customer(): Promise<string>;
  /** Lets time pass for the scene's customers. */
  pass(seconds: number): Promise<void>;
}

/** What calls answer with: an object of the wire. */
interface Made {
  readonly id: string;
}

/** A scene, with what only its owner may do. */
export interface OpenScene extends Scene {
  /** Ids of the core of everything that was made: by them the scene's events are known. */
  readonly made: ReadonlySet<string>;
  /** Removes the clock, with its customers; payments stay. */
  close(): Promise<void>;
}

const CLOCKS = '/v1/test_helpers/test_clocks';

/** Opens a scene on an account; nothing is made yet. */
export function openScene(api: MerchantApi, webhook: string | null): OpenScene {
  const made = new Set<string>();
  let clock: string | null = null;
  const call = async <T>(method: Method, path: string, params?: Params): Promise<T & Made> => {
    const answer = await api.stripe<T & Made>(method, path, params);
    made.add(answer.id);
    return answer;
  };
  return {
    made,
    call,
    code: api.code,
    webhook,
    dojo: async (method, path, body) => {
      const answer = await api.dojo<Made | null>(method, path, body);
      // What has an id is the same object that the Stripe dialect knows by its own prefix.
      if (answer?.id !== undefined) made.add(answer.id.replace('_sandbox_', '_'));
      return answer ?? { id: '' };
    },
    declined: async (calling) => {
      try {
        await calling;
      } catch (error) {
        if (!(error instanceof ApiRefusal) || error.status !== 402) throw error;
      }
    },
    customer: async () => {
      const frozen_time = Math.floor(Date.now() / 1000);
      clock ??= (await call('POST', CLOCKS, { frozen_time, name: 'tender trigger' })).id;
      return (await call('POST', '/v1/customers', { test_clock: clock })).id;
    },
    pass: async (seconds) => {
      if (clock === null) throw new Error('time passes for customers of the scene only');
      const { frozen_time } = await api.stripe<Stripe.TestHelpers.TestClock>(
        'GET',
        `${CLOCKS}/${clock}`,
      );
      await passTo(api, clock, frozen_time + seconds);
    },
    close: async () => {
      if (clock !== null) await api.stripe('DELETE', `${CLOCKS}/${clock}`);
    },
  };
}
