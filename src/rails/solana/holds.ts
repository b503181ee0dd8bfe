/** What owners' prepared payments will take that are not in the books yet, in quarks. */
export interface Holds {
  of(owner: string): bigint;
  /**
   * Holds a sum if it fits into what `left` says, one asker of an owner after the other, so that
   * no two get the same money. Answers what gives it back, once; null where it does not fit.
   */
  take(
    owner: string,
    quarks: bigint,
    left: () => Promise<bigint>,
  ): Promise<{ giveBack(): void } | null>;
}

/** Holds of this process; the chain itself refuses what another one has promised as well. */
export function makeHolds(): Holds {
  const sums = new Map<string, bigint>();
  const turns = new Map<string, Promise<unknown>>();

  function add(owner: string, quarks: bigint): void {
    const sum = (sums.get(owner) ?? 0n) + quarks;
    if (sum === 0n) sums.delete(owner);
    else sums.set(owner, sum);
  }

  async function inTurn<T>(owner: string, work: () => Promise<T>): Promise<T> {
    const turn = (turns.get(owner) ?? Promise.resolve()).then(work, work);
    turns.set(owner, turn);
    try {
      return await turn;
    } finally {
      if (turns.get(owner) === turn) turns.delete(owner);
    }
  }

  return {
    of: (owner) => sums.get(owner) ?? 0n,
    take: (owner, quarks, left) =>
      inTurn(owner, async () => {
        if ((await left()) < quarks) return null;
        add(owner, quarks);
        let isHeld = true;
        return {
          giveBack: () => {
            if (isHeld) add(owner, -quarks);
            isHeld = false;
          },
        };
      }),
  };
}
