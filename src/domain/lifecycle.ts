/** A lifecycle as data: where each transition leads from each state; the rest is refused. */
export type Lifecycle<State extends string, Transition extends string> = {
  readonly [S in State]: { readonly [T in Transition]?: State };
};

/**
 * Reads a lifecycle: the state that `transition` leads to from `state`, or null where it may not
 * be taken.
 */
export function step<State extends string, Transition extends string>(
  lifecycle: Lifecycle<State, Transition>,
  state: State,
  transition: Transition,
): State | null {
  return lifecycle[state][transition] ?? null;
}

/** The states from which `transition` may be taken, in the table's order: error texts list them. */
export function statesAllowing<State extends string, Transition extends string>(
  lifecycle: Lifecycle<State, Transition>,
  transition: Transition,
): State[] {
  return (Object.keys(lifecycle) as State[]).filter((state) => lifecycle[state][transition]);
}
