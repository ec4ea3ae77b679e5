import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const text = readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8');
const { packages } = JSON.parse(text) as { packages: Readonly<Record<string, LockedPackage>> };

describe('package-lock.json', () => {
  it('has every package of every platform, which `npm ci` insists on', () => {
    const paths = Object.keys(packages);
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies }]) =>
      Object.keys(optionalDependencies ?? {})
        .filter((name) => !paths.some((other) => other.endsWith(`node_modules/${name}`)))
        .map((name) => `${path} -> ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it('pins version and content of each package, and leaves the registry to npm', () => {
    const loose = Object.entries(packages).filter(
      ([path, { version, integrity }]) => path !== '' && !(version && integrity),
    );
    expect(loose.map(([path]) => path)).toEqual([]);
    expect(text).not.toContain('"resolved"');
  });
});
