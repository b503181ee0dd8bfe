import type { SetupIntent } from '../../../domain/setup.js';
import type { Command } from '../../../engine/command.js';
import {
  cancelSetup,
  closeSetup,
  createSetup,
  onSetup,
  type SetupInput,
  updateSetup,
} from '../../../engine/setups.js';
import { wireId } from '../ids.js';
import { type KeptSetup, withKept } from '../kept-setup.js';
import {
  act,
  type DojoReply,
  type DojoRequest,
  idIn,
  linked,
  notFound,
  reply,
} from '../request.js';
import { type Route, route } from '../route.js';
import { type CreateSetupIntent, createSetupIntent } from '../schema/setup-intents.js';
import { sessionEnd } from '../session-token.js';
import { needSetupIntent, publicSetupView, setupIntentView } from '../view/setup-intent.js';
import { creating, namedId } from './creating.js';

const PATH = '/setup-intents';

type Show = typeof setupIntentView;

/** Runs a command about a stored setup, and answers with the setup. */
function actOn(
  request: DojoRequest,
  command: Command<SetupIntent>,
  id: string,
  view: Show = setupIntentView,
): Promise<DojoReply> {
  return act(request, command, {
    alsoNeeds: (need) => needSetupIntent(need, id),
    show: (setup, rows) => view(setup, rows, request.view),
  });
}

function inputOf(request: DojoRequest, sent: CreateSetupIntent): SetupInput {
  const { description, metadata, expireAt, captureMode: _, ...own } = sent;
  const kept: KeptSetup = { ...own, secretExpiresAt: sessionEnd(request.view.nowMs) };
  return {
    customer: namedId(request.view, 'customer', 'Customer.Id', sent.customer?.id),
    // All of Dojo's ways to pay end in a card.
    methodTypes: ['card'],
    usage: 'off_session',
    description: description ?? null,
    metadata: () => metadata ?? {},
    wire: { dojo: kept },
    confirm: null,
    expiresAt: expireAt === undefined ? null : Math.floor(expireAt / 1000),
    keepsHistory: true,
    listedAs: (id) => wireId('setup', id, request.view.livemode),
  };
}

function create(request: DojoRequest, sent: CreateSetupIntent): Promise<DojoReply> {
  const input = inputOf(request, sent);
  return act(request, creating(createSetup(request.account, input), input), {
    show: (setup, rows) => setupIntentView(setup, rows, request.view),
  });
}

async function read(request: DojoRequest, id: string, view: Show): Promise<DojoReply> {
  const shown = await request.engine.read(
    request.account,
    (need) => needSetupIntent(need, id),
    (rows) => {
      const setup = rows.get('setups', id);
      return setup === null ? null : view(setup, rows, request.view);
    },
  );
  return shown === null ? notFound('setup intent') : reply(shown);
}

function retrieve(request: DojoRequest): Promise<DojoReply> {
  return read(request, idIn(request, 'setup'), setupIntentView);
}

/** Cancels it; a card that it has saved is given up only where that is asked for. */
function remove(request: DojoRequest): Promise<DojoReply> {
  const id = idIn(request, 'setup');
  const includes = request.query.get('includeAuthorized')?.toLowerCase() === 'true';
  const { account } = request;
  return actOn(request, includes ? closeSetup(account, id) : cancelSetup(account, id, null), id);
}

/**
 * Issues a new client session secret while nothing is saved; the one before it still opens while
 * it is not over. Errors: missing, setup_state.
 */
function refreshed({ account, view }: DojoRequest, id: string): Command<SetupIntent> {
  const kept = { secretExpiresAt: sessionEnd(view.nowMs) };
  return onSetup(account, id, (work, setup) =>
    updateSetup(account, id, { wire: withKept(setup, kept) }).decide(work),
  );
}

function refresh(request: DojoRequest): Promise<DojoReply> {
  const id = idIn(request, 'setup');
  return actOn(request, refreshed(request, id), id);
}

async function readPublic(asked: DojoRequest): Promise<DojoReply> {
  const { request, id } = await linked(asked, 'setup');
  return read(request, id, publicSetupView);
}

async function refreshPublic(asked: DojoRequest): Promise<DojoReply> {
  const { request, id } = await linked(asked, 'setup');
  return actOn(request, refreshed(request, id), id, publicSetupView);
}

/** Setup intents, for their merchant and for whoever has the link. */
export const SETUP_INTENT_ROUTES: readonly Route[] = [
  route('POST', PATH, createSetupIntent, create, {
    operation: 'SetupIntents_Create',
    matches: 'a client session secret at once; every field',
  }),
  route('GET', `${PATH}/:id`, null, retrieve, {
    operation: 'SetupIntents_GetById',
    matches: 'those of the Stripe dialect, too',
  }),
  route('DELETE', `${PATH}/:id`, null, remove, {
    operation: 'SetupIntents_Delete',
    matches: 'with includeAuthorized=true also an authorized one, which is then Closed',
    deviates: 'without that an authorized one is a 409',
  }),
  route('POST', `${PATH}/:id/refresh-client-session-secret`, null, refresh, {
    operation: 'SetupIntents_RefreshPaymentIntentToken',
    deviates: 'once it is over: 400',
  }),
  route('GET', `${PATH}/public/:id`, null, readPublic, {
    operation: 'SetupIntents_GetPublicById',
    by: 'nobody',
  }),
  route('POST', `${PATH}/public/:id/refresh-client-session-secret`, null, refreshPublic, {
    operation: 'SetupIntents_RefreshSetupIntentTokenPublic',
    by: 'nobody',
  }),
];
