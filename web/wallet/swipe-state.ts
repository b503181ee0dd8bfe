/** How far a slider has been moved, and what a further step would do. */
export interface SwipeState {
  /** 0 at its beginning, 1 at its end. */
  readonly position: number;
  /** Pressed once without being moved: a second press counts as a slide. */
  readonly isArmed: boolean;
  readonly isDone: boolean;
}

export type SwipeEvent =
  /** A finger or a mouse has it at this place. */
  | { readonly kind: 'move'; readonly position: number }
  | { readonly kind: 'release' }
  /** An arrow key: +1 towards the end, -1 back. */
  | { readonly kind: 'step'; readonly direction: 1 | -1 }
  /** A press without a slide: by Enter, a screen reader, a tap. */
  | { readonly kind: 'press' }
  /** The second press did not come, or something else was done. */
  | { readonly kind: 'calm' };

export const SWIPE_START: SwipeState = { position: 0, isArmed: false, isDone: false };

/** Let go beyond it, a slide counts: fingers rarely reach the very end. */
const DONE_FROM = 0.9;
const KEY_STEP = 0.25;

/**
 * What a slider comes to. Done is done: nothing moves it any more. A tap alone never confirms, nor
 * does a slide that is let go half-way.
 */
export function swiped(state: SwipeState, event: SwipeEvent): SwipeState {
  if (state.isDone) return state;
  switch (event.kind) {
    case 'move':
      return { ...SWIPE_START, position: Math.min(1, Math.max(0, event.position)) };
    case 'release':
      return state.position >= DONE_FROM ? done() : { ...SWIPE_START, isArmed: state.isArmed };
    case 'step': {
      const position = state.position + event.direction * KEY_STEP;
      return position >= 1 ? done() : { ...SWIPE_START, position: Math.max(0, position) };
    }
    case 'press':
      return state.isArmed ? done() : { ...SWIPE_START, isArmed: true };
    case 'calm':
      return { ...state, isArmed: false };
  }
}

function done(): SwipeState {
  return { position: 1, isArmed: false, isDone: true };
}
