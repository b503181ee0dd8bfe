import { expect, test } from 'vitest';
import type { Key, Loaded } from '../storage/store.js';
import { makeRowLoader } from './row-loader.js';

const key = (id: string): Key<'intents'> => ({ table: 'intents', account: 'acct_1', id });

/** A store that answers when it is told to. */
function slowStore() {
  const asked: { ids: string[]; answer: (loaded: Loaded) => void; fail: (e: Error) => void }[] = [];
  const load = (keys: readonly Key[]) =>
    new Promise<Loaded>((answer, fail) => {
      asked.push({ ids: keys.map(({ id }) => id), answer, fail });
    });
  const rowsOf = (ids: string[]) =>
    ({ rows: ids.map((id) => (id === 'none' ? null : { id })), found: [] }) as unknown as Loaded;
  return { asked, load, rowsOf };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('what is asked for together is read together, each row once', async () => {
  const store = slowStore();
  const { load } = makeRowLoader(store);
  const rows = Promise.all([load(key('a')), load(key('none')), load(key('a'))]);
  await turn();
  expect(store.asked.map(({ ids }) => ids)).toEqual([['a', 'none']]);
  store.asked[0]?.answer(store.rowsOf(['a', 'none']));
  expect(await rows).toEqual([{ id: 'a' }, null, { id: 'a' }]);
});

test('what is asked for during a read waits for it, and answers come in order', async () => {
  const store = slowStore();
  const { load } = makeRowLoader(store);
  const order: string[] = [];
  const ask = (id: string) => load(key(id)).then(() => void order.push(id));
  const first = ask('a');
  await turn();
  const others = [ask('b'), ask('c')];
  await turn();
  expect(store.asked).toHaveLength(1);
  store.asked[0]?.answer(store.rowsOf(['a']));
  await first;
  await turn();
  store.asked[1]?.answer(store.rowsOf(['b', 'c']));
  await Promise.all(others);
  expect(order).toEqual(['a', 'b', 'c']);
});

test('a read that fails fails those who asked, and nobody after them', async () => {
  const store = slowStore();
  const { load } = makeRowLoader(store);
  const failed = load(key('a'));
  await turn();
  store.asked[0]?.fail(new Error('no disk'));
  await expect(failed).rejects.toThrow('no disk');
  const next = load(key('b'));
  await turn();
  store.asked[1]?.answer(store.rowsOf(['b']));
  expect(await next).toEqual({ id: 'b' });
});
