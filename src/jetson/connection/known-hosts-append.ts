import { randomBytes } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { t } from '../../core/language';
import { failure, success, type Result } from '../../core/result';
import { hashHostName, keyTypeOf } from './known-hosts';

/**
 * Adds a host's key to a known_hosts file, which is made (only for its owner, as its folder) if it is missing. The
 * name is hashed where `hash` asks for it or where the file's entries are hashed. Nothing that is there is changed.
 *
 * Failure code: unwritable.
 */
export async function appendKnownHost(
  file: string,
  entry: { name: string; key: Buffer; hash: boolean },
): Promise<Result<void>> {
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(file, 'a+', 0o600);
    try {
      const before = await handle.readFile('latin1');
      const hash = entry.hash || /^(@\S+\s+)?\|1\|/m.test(before);
      const name = hash ? hashHostName(entry.name, randomBytes(20)) : entry.name;
      // A last line without its end would swallow the new one.
      const separator = before === '' || before.endsWith('\n') ? '' : '\n';
      // In one write, so that two programs that append at once do not mix their lines.
      await handle.writeFile(`${separator}${name} ${keyTypeOf(entry.key)} ${entry.key.toString('base64')}\n`, 'latin1');
      await handle.sync();
    } finally {
      await handle.close();
    }
    return success(undefined);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return failure(
      'unwritable',
      t('The host key could not be saved in {0} ({1}). Check that you may write there.', file, code ?? message),
    );
  }
}
