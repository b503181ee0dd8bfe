/** The chain cannot be used; one line that says why and what to do. */
export class SolanaFault extends Error {}
