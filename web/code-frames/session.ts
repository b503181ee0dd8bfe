import {
  ackRequest,
  CallError,
  type Message,
  type MessageKind,
  readMessages,
  readStatus,
  statusRequest,
  streamRequest,
} from '../../sdk/code/calls.js';
import type { IntentKeys } from '../../sdk/code/keys.js';
import { paymentRequest } from '../../sdk/code/messages.js';
import { type IntentOptions, OptionsError } from '../../sdk/code/options.js';
import type { Transport } from './transport.js';

/** How far a request has come, as a person sees it. */
export type Stage =
  | { readonly name: 'opening' | 'waiting' | 'scanned' | 'submitted' | 'rejected' }
  | { readonly name: 'refused'; readonly text: string };

/** What a session works with, and whom it tells. */
interface SessionParts {
  readonly options: IntentOptions;
  readonly keys: IntentKeys;
  readonly transport: Transport;
  /** Waits, ms. */
  readonly pause: (ms: number) => Promise<void>;
  readonly stage: (stage: Stage) => void;
  /** What was said at the rendezvous; each thing once. */
  readonly said: (kind: MessageKind) => void;
  /** Whether what happens would be heard of. */
  readonly live: (isLive: boolean) => void;
}

/** A request that is followed to its end. */
export interface Session {
  /** Looks again at once: the page has come back into view. */
  look(): void;
  stop(): void;
}

const PAUSE_MS_FIRST = 250;
const PAUSE_MS_MAX = 10_000;
/** So long, a page waits at most for its cancel. */
const FORGET_MS_MAX = 1000;

/** Refusals that another try may not meet. */
const PASSING = new Set([
  'unavailable',
  'deadline_exceeded',
  'resource_exhausted',
  'aborted',
  'canceled',
  'internal',
  'unknown',
]);

/** A session under way. */
interface Course {
  readonly parts: SessionParts;
  /** Ids of messages that were heard. */
  readonly heard: Set<string>;
  isStopped: boolean;
  isSubmitted: boolean;
  /** Whether the next try is not to wait. */
  isHurried: boolean;
  /** Ends the stream, where there is one. */
  close: () => void;
  /** Ends the pause, where there is one. */
  wake: () => void;
}

/**
 * Follows a request: asks how far it is, makes it where there is none, and listens until it is
 * paid. A connection that breaks is opened anew, as often as it takes; what was said meanwhile is
 * still there.
 */
export function startSession(parts: SessionParts): Session {
  const course: Course = {
    parts,
    heard: new Set(),
    isStopped: false,
    isSubmitted: false,
    isHurried: false,
    close: () => {},
    wake: () => {},
  };
  parts.stage({ name: 'opening' });
  void follow(course);
  return {
    look: () => {
      // A socket may be dead without knowing it after a phone slept: another one is sure.
      course.isHurried = true;
      course.close();
      course.wake();
    },
    stop: () => {
      course.isStopped = true;
      course.close();
      course.wake();
    },
  };
}

async function follow(course: Course): Promise<void> {
  const { parts } = course;
  for (let tries = 0; !course.isStopped && !course.isSubmitted; tries += 1) {
    const startedAt = performance.now();
    try {
      if (await isSubmittedNow(course)) submitted(course);
      else await listen(course);
    } catch (error) {
      const text = refusalOf(error);
      if (text !== null && !course.isStopped) {
        parts.stage({ name: 'refused', text });
        return;
      }
    }
    if (course.isStopped || course.isSubmitted) return;
    // One that held for a while was good: what broke it is not what broke those before.
    if (performance.now() - startedAt > PAUSE_MS_MAX) tries = 0;
    if (course.isHurried) tries = -1;
    else await rest(course, Math.min(PAUSE_MS_FIRST * 2 ** tries, PAUSE_MS_MAX));
    course.isHurried = false;
  }
}

/** Waits before the next try, unless somebody looks. */
async function rest(course: Course, ms: number): Promise<void> {
  course.parts.live(false);
  const woken = new Promise<void>((resolve) => {
    course.wake = resolve;
  });
  await Promise.race([course.parts.pause(ms), woken]);
}

/** Listens until the stream is no more: resolves where it was closed from here. */
async function listen(course: Course): Promise<void> {
  const { parts } = course;
  const request = await streamRequest(parts.keys.rendezvous);
  if (course.isStopped) return;
  await new Promise<void>((resolve, reject) => {
    const close = parts.transport.listen('Messaging', 'openMessageStream', request, {
      opened: () => parts.live(true),
      answer: (body) => {
        for (const message of readMessages(body)) hear(course, message);
      },
      ended: reject,
    });
    course.close = () => {
      close();
      resolve();
    };
  });
}

function hear(course: Course, { id, kind }: Message): void {
  const { parts, heard } = course;
  const key = String(id);
  if (course.isStopped || heard.has(key)) return;
  heard.add(key);
  if (kind === 'intentSubmitted') submitted(course);
  if (kind === 'webhookCalled') say(course, kind);
  // A wallet that says so after the payment was only slower than its own payment.
  if (course.isSubmitted) return;
  if (kind === 'codeScanned') {
    parts.stage({ name: 'scanned' });
    say(course, kind);
  }
  if (kind === 'clientRejectedPayment' || kind === 'clientRejectedLogin') {
    parts.stage({ name: 'rejected' });
    // Taken away before the page hears of it and closes the frame, so that the same request can be
    // shown again without ending at once.
    const isForgotten = Promise.race([forget(parts, id), parts.pause(FORGET_MS_MAX)]);
    void isForgotten.then(() => say(course, kind));
  }
}

function submitted(course: Course): void {
  if (course.isSubmitted) return;
  course.isSubmitted = true;
  course.parts.stage({ name: 'submitted' });
  say(course, 'intentSubmitted');
}

/** What was under way when it was stopped is nobody's business any more. */
function say(course: Course, kind: MessageKind): void {
  if (!course.isStopped) course.parts.said(kind);
}

async function forget({ keys, transport }: SessionParts, id: Uint8Array): Promise<void> {
  try {
    await transport.call('Messaging', 'ackMessages', await ackRequest(keys.rendezvous, [id]));
  } catch {
    // It is heard once more next time; nothing else depends on it.
  }
}

/** Whether it is paid; makes the request where there is none yet. */
async function isSubmittedNow(course: Course): Promise<boolean> {
  const { keys, options, transport, stage } = course.parts;
  const asked = statusRequest(keys.id);
  const status = readStatus(await transport.call('MicroPayment', 'getStatus', asked));
  if (status.intentSubmitted) return true;
  if (status.requestOver)
    throw new OptionsError('it was canceled, has expired, or its payment failed');
  if (!status.exists) {
    // Only the domain's own key can vouch for a login, and that is no page's to have.
    if (options.mode === 'login')
      throw new OptionsError('the server of the shop has not opened this login');
    const { sendMessageRequest } = await paymentRequest(options, keys);
    await transport.call('Messaging', 'sendMessage', sendMessageRequest);
  }
  if (!course.isStopped) stage({ name: status.codeScanned ? 'scanned' : 'waiting' });
  return false;
}

/** What to say where trying again by itself is of no use; null where it may be. */
function refusalOf(error: unknown): string | null {
  if (error instanceof OptionsError) return error.message;
  return error instanceof CallError && !PASSING.has(error.code) ? error.message : null;
}
