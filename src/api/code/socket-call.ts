import { Code, ConnectError } from '@connectrpc/connect';
import type { WebSocket } from 'ws';
import type { Request } from '../../wire/code/proto/code/common/v1/common_pb.js';
import { decodeInput, type Procedure, type ProcedureFinder, toConnectError } from './calls.js';
import { errorEnvelope, okEnvelope, openEnvelope, procedureOf } from './envelope.js';
import { makeInbox } from './inbox.js';
import type { CallContext } from './service.js';

/** A WebSocket's other side. */
export interface Peer {
  readonly socket: WebSocket;
  readonly remoteAddress: string;
  /** `over`: a stream has ended, or something was wrong; what still comes is not looked at. */
  phase: 'new' | 'calling' | 'over';
  /** Whether anything came since the last ping. */
  isAlive: boolean;
  /** Turns of the wheel without a call. */
  quietTurns: number;
  /** The call that is under way. */
  call: SocketCall | null;
  /** On the wheel. */
  place: number;
}

interface SocketCall {
  readonly abort: AbortController;
  /** Takes the frames that follow the first: the call's own, or those of the calls after it. */
  readonly take: (envelope: Request) => void;
  readonly ended: () => void;
}

/** What answering frames takes. */
export interface SocketDesk {
  readonly find: ProcedureFinder;
  readonly logError: (error: unknown, what: string) => void;
  readonly frames_max: number;
  /** Called when a call has ended. */
  readonly over: (peer: Peer) => void;
}

/** Answers a frame: the first opens a call, others are the call's. `null`: it was no binary one. */
export function answerFrame(desk: SocketDesk, peer: Peer, frame: Uint8Array | null): void {
  let envelope: Request;
  try {
    if (frame === null) throw new ConnectError('frames are binary', Code.InvalidArgument);
    envelope = openEnvelope(frame);
  } catch (error) {
    refuse(desk, peer, error, 'a frame');
    return;
  }
  answerEnvelope(desk, peer, envelope);
}

function answerEnvelope(desk: SocketDesk, peer: Peer, envelope: Request): void {
  if (peer.phase === 'over') return;
  try {
    if (peer.call === null) begin(desk, peer, envelope);
    else peer.call.take(envelope);
  } catch (error) {
    refuse(desk, peer, error, `${envelope.service}.${envelope.method}`);
  }
}

function refuse(desk: SocketDesk, peer: Peer, error: unknown, what: string): void {
  if (peer.phase === 'over') return;
  fail(peer, toConnectError(error, what, desk.logError));
  endCall(peer);
}

/** The socket has gone, or the call is to: whoever answers it is told. */
export function endCall(peer: Peer): void {
  const { call } = peer;
  peer.call = null;
  call?.ended();
  call?.abort.abort();
}

function begin(desk: SocketDesk, peer: Peer, envelope: Request): void {
  const { body } = envelope;
  const procedure = procedureOf(desk.find, envelope);
  const { handler } = procedure;
  const abort = new AbortController();
  const { remoteAddress, socket } = peer;
  const context = { signal: abort.signal, received: body, remoteAddress };
  const first = decodeInput(procedure, body);
  peer.phase = 'calling';
  if (handler.kind === 'unary') {
    const later: Request[] = [];
    peer.call = { abort, take: (next) => later.push(next), ended: () => {} };
    // Calls of one socket are answered one after the other: what follows waits in the socket, but
    // for what has been read from it already.
    socket.pause();
    void answerOne(desk, peer, procedure, handler.run(first, context), later);
  } else if (handler.kind === 'server_streaming') {
    peer.call = { abort, take: () => {}, ended: () => {} };
    void answerAll(desk, peer, procedure, handler.run(first, context));
  } else beginBoth(desk, peer, procedure, first, context, abort);
}

/** A call that reads a stream and answers with one. */
function beginBoth(
  desk: SocketDesk,
  peer: Peer,
  procedure: Procedure,
  first: unknown,
  context: CallContext,
  abort: AbortController,
): void {
  const { handler } = procedure;
  const { socket } = peer;
  if (handler.kind !== 'bidi_streaming') return;
  const inbox = makeInbox<unknown>(desk.frames_max, {
    full: () => socket.pause(),
    roomy: () => socket.resume(),
  });
  inbox.put(first);
  const take = ({ body }: Request): void => inbox.put(decodeInput(procedure, body));
  peer.call = { abort, take, ended: inbox.end };
  void answerAll(desk, peer, procedure, handler.run(inbox, context));
}

async function answerOne(
  desk: SocketDesk,
  peer: Peer,
  procedure: Procedure,
  work: Promise<Readonly<Record<string, unknown>>>,
  later: readonly Request[],
): Promise<void> {
  try {
    await written(peer, okEnvelope(procedure, await work));
    peer.phase = 'new';
  } catch (error) {
    fail(peer, toConnectError(error, procedure.name, desk.logError));
  }
  // Whoever has gone wants no more of what it sent.
  if (peer.call === null) return;
  peer.call = null;
  peer.socket.resume();
  for (const next of later) answerEnvelope(desk, peer, next);
  if (peer.phase !== 'calling') desk.over(peer);
}

async function answerAll(
  desk: SocketDesk,
  peer: Peer,
  procedure: Procedure,
  answers: AsyncIterable<Readonly<Record<string, unknown>>>,
): Promise<void> {
  try {
    for await (const answer of answers) {
      if (peer.call === null) break;
      // The next is asked for when this one is on its way: a slow reader makes nothing pile up.
      await written(peer, okEnvelope(procedure, answer));
    }
    peer.phase = 'over';
  } catch (error) {
    // Nobody is left to be told that it was left.
    if (peer.call !== null) fail(peer, toConnectError(error, procedure.name, desk.logError));
  }
  endCall(peer);
  desk.over(peer);
}

function fail(peer: Peer, error: ConnectError): void {
  peer.phase = 'over';
  peer.socket.send(errorEnvelope(error), () => {});
}

/** Sends a frame; resolves when it is the system's to send, or can no longer be sent. */
function written({ socket }: Peer, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    socket.send(bytes, () => resolve());
  });
}
