/** What was asked for, or null where it fails or does not come within `msMax`. */
export function inTime<T>(asked: Promise<T>, msMax: number): Promise<T | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), msMax);
    asked
      .then(resolve, () => resolve(null))
      .finally(() => {
        clearTimeout(timer);
      });
  });
}
