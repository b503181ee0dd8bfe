/** Counts what is open, altogether and by address, within its limits. */
export interface Admission {
  /** Why one more is not let in, as a text; null where it may be. */
  fault(address: string): string | null;
  enter(address: string): void;
  leave(address: string): void;
  readonly open: number;
}

/** Lets in at most `all_max`, and `address_max` of them from one address. */
export function makeAdmission(what: string, all_max: number, address_max: number): Admission {
  const byAddress = new Map<string, number>();
  let open = 0;
  return {
    fault: (address) => {
      if (open >= all_max) return `the server has ${all_max} ${what} open, which is all it takes`;
      if ((byAddress.get(address) ?? 0) < address_max) return null;
      return `this address has ${address_max} ${what} open, which is all that one may have`;
    },
    enter: (address) => {
      open += 1;
      byAddress.set(address, (byAddress.get(address) ?? 0) + 1);
    },
    leave: (address) => {
      open -= 1;
      const left = (byAddress.get(address) ?? 0) - 1;
      if (left > 0) byAddress.set(address, left);
      else byAddress.delete(address);
    },
    get open() {
      return open;
    },
  };
}
