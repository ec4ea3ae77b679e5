import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packagesOf, thirdPartyNotices } from '../../scripts/third-party-notices.mjs';

describe('notices of third parties', () => {
  it('have the licence text of every package that the product is made with', async () => {
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const inputs = Object.keys(dependencies).map((name) => `node_modules/${name}/index.js`);
    const notices = await thirdPartyNotices(['src/extension.ts', ...inputs]);
    for (const name of Object.keys(dependencies)) {
      expect(notices).toMatch(
        new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\([\\w .,-]+\\)\n\n[^]*?(copyright|permission|licen[cs]e)`, 'im'),
      );
    }
  });

  it('are found for packages inside packages and scopes, each once', () => {
    const inputs = [
      'node_modules/a/b.js',
      'node_modules/a/c.js',
      'node_modules/@s/d/e.js',
      'node_modules/a/node_modules/f/g.js',
    ];
    expect(packagesOf(inputs)).toEqual(['node_modules/@s/d', 'node_modules/a', 'node_modules/a/node_modules/f']);
  });
});
