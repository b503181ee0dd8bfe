/** A text with the place in it where typing goes on. */
export interface Typed {
  readonly text: string;
  readonly caret: number;
}

const significant = (text: string): number => text.replace(/[^\p{L}\p{N}]/gu, '').length;

/**
 * Formats a text and keeps the caret behind the same character. At the end it stays at the end,
 * behind what formatting has added.
 */
export function formatTyped({ text, caret }: Typed, format: (text: string) => string): Typed {
  const formatted = format(text);
  if (caret >= text.length) return { text: formatted, caret: formatted.length };
  // Counted from behind: formatting may put a zero before the first digit, never after the caret.
  let behind = significant(text.slice(caret));
  let place = formatted.length;
  while (place > 0 && behind > 0) {
    place -= 1;
    behind -= significant(formatted[place] ?? '');
  }
  const before = formatted.slice(0, place).replace(/[^\p{L}\p{N}]+$/u, '');
  return { text: formatted, caret: before.length };
}

/** Where the caret must go for Backspace to delete a character, not one of the format's own. */
export function backspaceCaret(text: string, caret: number): number {
  return text.slice(0, caret).replace(/[^\p{L}\p{N}]+$/u, '').length;
}
