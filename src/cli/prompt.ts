import { createInterface } from 'node:readline';

/**
 * Asks a question on stderr, so that stdout has nothing but results, and reads one line.
 * @returns '' where the input has ended
 */
export function ask(question: string): Promise<string> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    reader.once('close', () => resolve(''));
    reader.question(question, (answer) => {
      resolve(answer.trim());
      reader.close();
    });
  });
}

/** Asks a question that only a clear yes answers. */
export async function agrees(question: string): Promise<boolean> {
  return /^y(es)?$/i.test(await ask(`${question} [y/N] `));
}
