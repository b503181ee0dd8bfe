export type Say = (text: string) => void;

/** One proof on one store. */
export interface Part {
  readonly name: string;
  /** Answers what was measured, as lines of Markdown; throws where it does not hold. */
  run(options: { folder: string; rows: number; say: Say }): Promise<string[]>;
}
