import { expect, it } from 'vitest';
import { keptSecrets } from '../../../../src/vscode/boards/kept-secrets';

function place(entries: Record<string, string> = {}) {
  const values = new Map(Object.entries(entries));
  return {
    values,
    get: (key: string) => Promise.resolve(values.get(key)),
    store: (key: string, value: string) => Promise.resolve(void values.set(key, value)),
    delete: (key: string) => Promise.resolve(void values.delete(key)),
  };
}

it('keeps a secret for the host key that it was given under, and for no other', async () => {
  const storage = place();
  const secrets = keptSecrets(storage);
  await secrets.keep('me@board', 'SHA256:a', 'right');
  expect(await secrets.get('me@board', 'SHA256:a')).toBe('right');
  expect(await secrets.get('me@board', 'SHA256:b')).toBeUndefined();
  expect(await secrets.get('me@board', '__proto__')).toBeUndefined();
  await secrets.keep('me@board', 'SHA256:b', 'other');
  await secrets.forget('me@board', 'SHA256:a');
  expect(await secrets.get('me@board', 'SHA256:a')).toBeUndefined();
  expect(await secrets.get('me@board', 'SHA256:b')).toBe('other');
  await secrets.forget('me@board');
  expect(storage.values.size).toBe(0);
});

it('forgets what was kept for any host key, as earlier versions did', async () => {
  const storage = place({ 'me@board': 'unbound', 'me@other': '{"SHA256:a": 7}' });
  for (const key of ['me@board', 'me@other']) expect(await keptSecrets(storage).get(key, 'SHA256:a')).toBeUndefined();
  expect(storage.values.size).toBe(0);
});
