import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { INSTALLATION } from '../../../domain/rendezvous.js';
import type { Job } from '../../../domain/subscription.js';
import { claimWebhook, recordWebhookTry, type WebhookCall } from '../../../engine/code-webhooks.js';
import { userOf } from '../../../engine/logins.js';
import type { MessageInput } from '../../../engine/rendezvous.js';
import { makeSender, type Sender } from '../../../engine/sender.js';
import { ownMessage } from '../own-message.js';
import type { CodeDependencies } from '../settings.js';
import { type Told, webhookClaims } from './claims.js';
import type { SigningKey } from './signing-key.js';

/** Calls merchants' webhooks, as jobs say. */
export interface WebhookCaller {
  /**
   * Makes the call that a job stands for, unless it was made meanwhile, and writes down how it
   * ended. Rejects only where our own work failed; the job is then put off.
   */
  call(job: Job): Promise<void>;
  /** Lets go of connections; what is being sent is cut off. */
  close(): Promise<void>;
}

export type WebhookDependencies = Pick<
  CodeDependencies,
  'engine' | 'limits' | 'addresses' | 'nowMs' | 'watchSender'
>;

/** What is kept of an answer's body: nothing; it is only read so far. */
const RESPONSE_BYTES_MAX = 1024;
const CONNECTIONS_PER_ORIGIN_MAX = 32;

/**
 * Builds the caller. A receiver is posted a JWT and has taken it when it answers with status 200
 * exactly, in time; nothing else counts, and redirects are not followed.
 */
export function makeWebhookCaller(deps: WebhookDependencies, key: SigningKey): WebhookCaller {
  const { engine, nowMs } = deps;
  const made = makeSender(
    {
      ...deps.addresses,
      // The published contract takes http. The message is signed, and what it says is no secret.
      allowPlain: true,
      timeout_ms: deps.limits.webhook_wait_ms_max,
      response_bytes_max: RESPONSE_BYTES_MAX,
      connections_per_origin_max: CONNECTIONS_PER_ORIGIN_MAX,
    },
    { nowMs },
  );
  const sender: Sender = deps.watchSender?.(made) ?? made;
  return {
    call: async (job) => {
      const call = await engine.background(claimWebhook(job));
      if (call === null) return;
      if ('failure' in call) throw new Error(`${job.id} could not be claimed: ${call.failure}`);
      const body = key.sign(webhookClaims(await readTold(deps, call)));
      const ended = await sender.post(call.url, {
        headers: { 'content-type': 'application/jwt' },
        body,
      });
      const { atMs, status, error } = ended;
      const message = status === 200 && error === null && call.event === 'submitted';
      await engine.background(
        recordWebhookTry(call, { atMs, status, error }, message ? calledMessage(nowMs()) : null),
      );
    },
    close: () => sender.close(),
  };
}

/** Reads what a call tells. */
function readTold({ engine, nowMs }: WebhookDependencies, call: WebhookCall): Promise<Told> {
  const { event, request } = call;
  return engine.read(
    INSTALLATION,
    (need) => {
      const [submission] = need.list('submissions', 'codeId', request.id) ?? [];
      need('fulfillments', submission?.fulfillment);
      if (submission !== undefined) need.list('wallets', 'owner', submission.owner);
    },
    (rows) => {
      const [submission = null] = rows.list('submissions', 'codeId', request.id);
      const id = submission?.fulfillment ?? null;
      const fulfillment = id === null ? null : rows.get('fulfillments', id);
      const wallets = submission === null ? [] : rows.list('wallets', 'owner', submission.owner);
      const user = userOf(request, wallets);
      return { event, request, submission, user, fulfillment, nowMs: nowMs() };
    },
  );
}

/** What the rendezvous is told after a 200; it waits there like every message. */
function calledMessage(nowMs: number): MessageInput {
  return ownMessage({ case: 'webhookCalled', value: { timestamp: timestampFromMs(nowMs) } });
}
