import manifest from '../../package.json';
import english from '../../package.nls.json';

/** package.json as VS Code in English has it: with the texts of package.nls.json in the place of their keys. */
export function manifestInEnglish(): typeof manifest {
  const texts = new Map(Object.entries(english));
  return JSON.parse(JSON.stringify(manifest), (_, value: unknown) => {
    const key = typeof value === 'string' ? /^%(.+)%$/.exec(value)?.[1] : undefined;
    return key === undefined ? value : texts.get(key);
  }) as typeof manifest;
}
