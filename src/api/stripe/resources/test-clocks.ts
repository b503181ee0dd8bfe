import { ACCOUNT_CLOCK } from '../../../domain/clock.js';
import { accountClock, createClock, startAdvance } from '../../../engine/clocks.js';
import { deleteClock } from '../../../engine/delete-clock.js';
import { TEST_CLOCK } from '../objects.js';
import type { Infer } from '../params.js';
import {
  act,
  idOf,
  list,
  missingInPath,
  objectReply,
  Refusal,
  type StripeReply,
  type StripeRequest,
  show,
} from '../request.js';
import { type Route, route } from '../route.js';
import { retrieveOnly } from '../schema/fields.js';
import { testClockAdvance, testClockCreate, testClockList } from '../schema/test-clocks.js';
import { testClockView } from '../view/test-clock.js';
import { invalidRequest } from '../wire-error.js';

const LIVE = {
  ...invalidRequest('Test clocks can only be used with a test mode key.'),
  status: 403,
};

type Handler<T> = (sent: T, request: StripeRequest) => Promise<StripeReply>;

/** Live time is nobody's to move. */
function sandboxOnly<T>(handle: Handler<T>): Handler<T> {
  return async (sent, request) => {
    if (request.view.livemode) throw new Refusal(LIVE);
    return handle(sent, request);
  };
}

function create(sent: Infer<typeof testClockCreate>, request: StripeRequest) {
  const command = createClock(request.account, {
    frozenTime: sent.frozen_time,
    name: sent.name ?? null,
    customer: sent.customer ?? null,
  });
  return act(request, command, { kind: TEST_CLOCK, expand: sent.expand });
}

async function retrieve(sent: Infer<typeof retrieveOnly>, request: StripeRequest) {
  const id = idOf(request);
  if (id === ACCOUNT_CLOCK) return retrieveAccounts(request);
  const missing = () => missingInPath(request, 'clock', id);
  const object = await show(request, TEST_CLOCK, id, sent.expand, ({ status }) => {
    if (status === 'deleted') missing();
  });
  return object === null ? missing() : objectReply(object);
}

/** The account's clock has a row only once it was moved, and runs on from there. */
function retrieveAccounts({ engine, account, view }: StripeRequest): Promise<StripeReply> {
  return engine.read(
    account,
    (need) => void need('clocks', ACCOUNT_CLOCK),
    (rows) => {
      const now = view.now + rows.account().clockAheadSeconds;
      const clock = accountClock(account, rows.get('clocks', ACCOUNT_CLOCK), now);
      return objectReply(testClockView(clock, view));
    },
  );
}

function advance(sent: Infer<typeof testClockAdvance>, request: StripeRequest) {
  const command = startAdvance(request.account, idOf(request), sent.frozen_time);
  return act(request, command, { kind: TEST_CLOCK, expand: sent.expand });
}

function remove(sent: Infer<typeof retrieveOnly>, request: StripeRequest) {
  const command = deleteClock(request.account, idOf(request));
  return act(request, command, { kind: TEST_CLOCK, expand: sent.expand });
}

function listClocks(sent: Infer<typeof testClockList>, request: StripeRequest) {
  const conditions = [
    { column: 'status', comparison: 'ne' as const, value: 'deleted' },
    { column: 'id', comparison: 'ne' as const, value: ACCOUNT_CLOCK },
  ];
  return list(request, { kind: TEST_CLOCK, url: PATH, conditions }, sent);
}

const PATH = '/v1/test_helpers/test_clocks';

export const TEST_CLOCK_ROUTES: readonly Route[] = [
  route('POST', PATH, testClockCreate, sandboxOnly(create), {
    matches: 'deleted after 30 days',
    deviates: '100 clocks, 20 customers each',
  }),
  route('GET', PATH, testClockList, sandboxOnly(listClocks)),
  route('GET', `${PATH}/:id`, retrieveOnly, sandboxOnly(retrieve), {
    deviates: "`account` is the account's own clock",
  }),
  route('POST', `${PATH}/:id/advance`, testClockAdvance, sandboxOnly(advance), {
    matches: 'holds expire and webhooks are retried on the way; two years at most',
    deviates: "`account` moves the whole account's time",
  }),
  route('DELETE', `${PATH}/:id`, retrieveOnly, sandboxOnly(remove), {
    matches: 'its customers go with it',
  }),
];
