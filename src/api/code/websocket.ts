import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { plainError } from '../plain-reply.js';
import { refuseUpgrade } from '../upgrade.js';
import { type Admission, makeAdmission } from './admission.js';
import type { ProcedureFinder } from './calls.js';
import type { CodeDependencies } from './settings.js';
import { answerFrame, endCall, type Peer, type SocketDesk } from './socket-call.js';
import { makeWheel, type Wheel } from './wheel.js';

/** The dialect's WebSockets: one socket is one call, each frame an envelope. */
export interface Sockets {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, remoteAddress: string): void;
  readonly open: number;
  /** Takes no more, lets calls end that are under way, then closes. */
  stop(): Promise<void>;
}

/** What all sockets have in common. */
interface Room {
  readonly desk: SocketDesk;
  readonly admission: Admission;
  readonly wheel: Wheel<Peer>;
  readonly peers: Set<Peer>;
  stopping: boolean;
  /** Called when the last one has gone. */
  emptied: (() => void) | null;
}

const SEAT = Symbol('seat');
/** A socket finds its own, so that its listeners are the same functions for all. */
type SeatedSocket = WebSocket & { [SEAT]?: { readonly room: Room; readonly peer: Peer } };

/** Close codes of RFC 6455. */
const NORMAL = 1000;
const GOING_AWAY = 1001;

/** Builds the WebSockets over the procedures that every transport offers. */
export function makeSockets(
  { limits, logError }: Pick<CodeDependencies, 'limits' | 'logError'>,
  find: ProcedureFinder,
): Sockets {
  const { streams_max, streams_per_address_max } = limits;
  const options = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.frame_bytes_max,
    closeTimeout: limits.socket_close_ms_max,
  };
  const server = new WebSocketServer(options);
  const over = (peer: Peer): void => {
    if (room.stopping) peer.socket.close(GOING_AWAY, 'the server is stopping');
  };
  const room: Room = {
    desk: { find, logError, frames_max: limits.socket_frames_max, over },
    admission: makeAdmission('sockets', streams_max, streams_per_address_max),
    wheel: makeWheel<Peer>(limits.socket_ping_ms, check),
    peers: new Set(),
    stopping: false,
    emptied: null,
  };
  return {
    upgrade: (request, socket, head, remoteAddress) => {
      const full = room.admission.fault(remoteAddress);
      if (room.stopping) refuseUpgrade(socket, plainError(503, 'the server is stopping'));
      else if (full !== null) refuseUpgrade(socket, plainError(429, full));
      else
        server.handleUpgrade(request, socket, head, (opened) => seat(room, opened, remoteAddress));
    },
    get open() {
      return room.admission.open;
    },
    stop: async () => {
      room.stopping = true;
      for (const peer of room.peers) if (peer.phase !== 'calling') over(peer);
      if (room.peers.size > 0)
        await new Promise<void>((resolve) => {
          room.emptied = resolve;
        });
      room.wheel.stop();
    },
  };
}

function seat(room: Room, socket: SeatedSocket, remoteAddress: string): void {
  const peer: Peer = {
    socket,
    remoteAddress,
    phase: 'new',
    isAlive: true,
    quietTurns: 0,
    call: null,
    place: 0,
  };
  room.admission.enter(remoteAddress);
  room.peers.add(peer);
  peer.place = room.wheel.add(peer);
  socket[SEAT] = { room, peer };
  socket.on('message', onMessage);
  socket.on('pong', onPong);
  socket.on('close', onClose);
  // What breaks the protocol or the limits is closed by the socket itself, with its code.
  socket.on('error', onError);
}

function onMessage(this: SeatedSocket, data: Buffer, isBinary: boolean): void {
  if (this[SEAT] === undefined) return;
  const { room, peer } = this[SEAT];
  peer.isAlive = true;
  answerFrame(room.desk, peer, isBinary ? data : null);
}

function onPong(this: SeatedSocket): void {
  if (this[SEAT] !== undefined) this[SEAT].peer.isAlive = true;
}

function onError(): void {}

function onClose(this: SeatedSocket): void {
  if (this[SEAT] === undefined) return;
  const { room, peer } = this[SEAT];
  endCall(peer);
  room.wheel.remove(peer, peer.place);
  room.admission.leave(peer.remoteAddress);
  room.peers.delete(peer);
  if (room.peers.size === 0) room.emptied?.();
}

/** Turns at which a socket may have no call before it is closed. */
const QUIET_TURNS_MAX = 1;

/**
 * A socket's turn: one that has not answered the last ping is cut off, be it gone or too slow to
 * read what it was sent; one without a call is closed after a while.
 */
function check(peer: Peer): void {
  const { socket, phase, isAlive } = peer;
  if (!isAlive) {
    socket.terminate();
    return;
  }
  peer.quietTurns = phase === 'calling' ? 0 : peer.quietTurns + 1;
  if (peer.quietTurns > QUIET_TURNS_MAX) {
    socket.close(NORMAL);
    return;
  }
  // A call that is being answered does not read its socket, so that no pong would be seen.
  if (socket.isPaused || socket.readyState !== WebSocket.OPEN) return;
  peer.isAlive = false;
  socket.ping();
}
