import { encodeKikcode } from './kikcode.js';

/** A round scan code as lines to be drawn with round ends. Lengths: in the unit of `size`. */
export interface KikcodeDrawing {
  /** The disc in the middle, where a mark has its place. */
  readonly discRadius: number;
  /** Path data of every mark: a lone bit is a line of no length, which round ends make a dot. */
  readonly path: string;
  readonly strokeWidth: number;
}

/** So that a reader finds the code and its upper side. */
const FINDER = [0xb2, 0xcb, 0x25, 0xc6];
const RINGS = 6;
/** Slots of the innermost ring, and how many each further one has more. */
const SLOTS_FIRST = 32;
const SLOTS_MORE = 8;
/** Radii as parts of the half size. */
const DISC = 0.32;
const RINGS_FROM = 0.425;
const RINGS_TO = 0.95;
/** How much of a ring's width its marks take. */
const MARK = 0.75;
/** The innermost ring lies nearer to the disc by this part of the disc's radius. */
const PULL = 0.1;

/**
 * Draws the scan code of a payload into a square. Proportions are those of the published drawing,
 * which readers of these codes expect. Throws RangeError for a payload of another length than 20.
 */
export function drawKikcode(payload: Uint8Array, size: number): KikcodeDrawing {
  const half = size / 2;
  const ringWidth = ((RINGS_TO - RINGS_FROM) * half) / RINGS;
  const bits = bitsOf([...FINDER, ...encodeKikcode(payload)]);
  const lines: string[] = [];
  let offset = 0;
  for (let ring = 0; ring < RINGS; ring += 1) {
    const slots = SLOTS_FIRST + SLOTS_MORE * ring;
    const pulled = ring === 0 ? DISC * PULL * half : 0;
    const radius = RINGS_FROM * half + ringWidth * (ring + 0.5) - pulled;
    const marks = bits.slice(offset, offset + slots);
    for (const run of runsOf(marks)) lines.push(arc(half, radius, slots, run));
    offset += slots;
  }
  return { discRadius: DISC * half, path: lines.join(''), strokeWidth: ringWidth * MARK };
}

/** The lowest bit of a byte comes first. */
function bitsOf(bytes: readonly number[]): boolean[] {
  return bytes.flatMap((byte) => Array.from({ length: 8 }, (_, bit) => ((byte >> bit) & 1) === 1));
}

/** Neighbours that are set, around the ring. */
interface Run {
  readonly start: number;
  readonly length: number;
}

function runsOf(marks: readonly boolean[]): Run[] {
  const count = marks.length;
  const gap = marks.indexOf(false);
  if (gap === -1) return [{ start: 0, length: count }];
  const runs: Run[] = [];
  let length = 0;
  // From behind a gap, so that a run across the top stays one.
  for (let step = 1; step <= count; step += 1) {
    const at = (gap + step) % count;
    if (marks[at]) length += 1;
    else if (length > 0) {
      runs.push({ start: (at - length + count) % count, length });
      length = 0;
    }
  }
  return runs;
}

/** From the middle of a run's first slot to that of its last, clockwise from the top. */
function arc(half: number, radius: number, slots: number, { start, length }: Run): string {
  const point = (slot: number): string => {
    const angle = (slot / slots) * 2 * Math.PI - Math.PI / 2;
    return `${short(half + radius * Math.cos(angle))} ${short(half + radius * Math.sin(angle))}`;
  };
  const turn = (to: number): string => `A${short(radius)} ${short(radius)} 0 0 1 ${point(to)}`;
  const last = start + length - 1;
  if (length === 1) return `M${point(start)}h0`;
  // Of two ways along a circle, an arc takes the shorter one: a long run goes by its middle.
  const parts = length - 1 > slots / 3 ? 3 : 1;
  const turns = Array.from({ length: parts }, (_, part) =>
    turn(part === parts - 1 ? last : start + Math.round(((length - 1) * (part + 1)) / parts)),
  );
  return `M${point(start)}${turns.join('')}${length === slots ? turn(start + slots) : ''}`;
}

const short = (value: number): string => String(Math.round(value * 100) / 100);
