/**
 * Tender cannot start, for a reason outside of it: one line that says what to do. In a file of its
 * own, so that a command which only reports it need not load the server.
 */
export class StartFault extends Error {}
