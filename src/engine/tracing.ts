/** Names what a span belongs to, for another to link; only the tracing itself looks into it. */
export type TraceLink = unknown;

/**
 * Spans around what the engine does. It is given only where somebody traces: whoever holds none
 * spends a comparison with null on it, and no more.
 */
export interface EngineTracing {
  /**
   * A command, from its call to its answer, below the span that is active.
   * @param requestId what later finds the trace again; null: a command of our own
   * @param outcomeOf a word on how it ended
   */
  command<T>(
    requestId: string | null,
    run: () => Promise<T>,
    outcomeOf: (result: T) => string,
  ): Promise<T>;
  /** What is active now. */
  active(): TraceLink;
  /** Runs what serves many callers outside the trace of the one who happened to begin it. */
  apart<T>(run: () => T): T;
  /** A transaction, in a trace of its own that links to the commands in it. */
  batch<T>(commands: readonly TraceLink[], run: () => Promise<T>): Promise<T>;
}
