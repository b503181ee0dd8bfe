/**
 * An error as servers of this protocol word it, `[invalid_argument] what is wrong`: the status, and
 * the text; either may be empty.
 */
export function errorWords(message: string): { readonly code: string; readonly text: string } {
  const [, code = '', text = message] = /^\[(\w+)\] ?(.*)$/s.exec(message) ?? [];
  return { code, text };
}
