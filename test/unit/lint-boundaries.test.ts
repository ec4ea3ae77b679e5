import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import ts from 'typescript';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const eslint = new ESLint({
  cwd: root,
  // The files below do not exist, so there are no types to check; the boundary rules read imports alone.
  overrideConfig: {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: false } },
    rules: tseslint.configs.disableTypeChecked.rules ?? {},
  },
});

/** The rules that complain about `code` in a file of that path. */
async function complaints(file: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: join(root, file) });
  if (!result) throw new Error(`${file} is not linted at all`);
  return result.messages.map((message) => message.ruleId ?? message.message);
}

/** The lines that import a type from another file of the project, which must exist: only then is it judged. */
function importing(from: string, to: string): string {
  if (!existsSync(join(root, `${to}.ts`))) throw new Error(`${to}.ts does not exist`);
  const steps = dirname(from).split('/');
  const target = '../'.repeat(steps.length) + to;
  return `import type { Imported } from '${target}';\nexport type Used = Imported;\n`;
}

const file = {
  foundation: 'src/core/result',
  onnx: 'src/core/onnx/model',
  profile: 'src/core/profile/profile',
  landmarks: 'src/core/landmarks/landmark',
  estimate: 'src/core/estimate/estimators',
  zoo: 'src/core/zoo/family',
  plan: 'src/core/plan/plan',
  ladder: 'src/core/ladder/rung',
  pipeline: 'src/core/pipeline/pipeline',
  present: 'src/core/present/sentences',
  files: 'src/files/model-file',
  assistants: 'src/assistants/tool',
  protocol: 'src/protocol/model-page',
  vscode: 'src/vscode/hover/model-paths',
  webview: 'webview-ui/model/page',
  test: 'test/vscode/harness/workbench',
} as const;

type Part = keyof typeof file;

/** The core's parts in the order of the data. */
const core = [
  'foundation',
  'onnx',
  'profile',
  'landmarks',
  'estimate',
  'zoo',
  'plan',
  'ladder',
  'pipeline',
  'present',
] as const;

/** A new file of each part -> the parts that it may import. */
const allowed: Record<string, readonly Part[]> = {
  'src/core/new.ts': ['foundation'],
  'src/core/onnx/new.ts': ['foundation', 'onnx'],
  'src/core/profile/families/new.ts': ['foundation', 'onnx', 'profile'],
  'src/core/landmarks/new.ts': ['foundation', 'onnx', 'profile', 'landmarks'],
  'src/core/estimate/new.ts': ['foundation', 'onnx', 'profile', 'landmarks', 'estimate'],
  'src/core/zoo/new.ts': ['foundation', 'onnx', 'profile', 'zoo'],
  'src/core/plan/new.ts': [...core.filter((part) => !['ladder', 'pipeline', 'present'].includes(part))],
  'src/core/ladder/new.ts': [...core.filter((part) => !['plan', 'pipeline', 'present'].includes(part))],
  'src/core/pipeline/new.ts': [...core.filter((part) => !['plan', 'ladder', 'present'].includes(part))],
  'src/core/present/new.ts': [...core.filter((part) => part !== 'zoo' && part !== 'ladder')],
  'src/files/new.ts': [...core, 'files'],
  'src/jetson/new.ts': [...core, 'files'],
  'src/assistants/new.ts': [...core, 'assistants'],
  // Types alone, from the core: the next test has the other half.
  'src/protocol/new.ts': [...core, 'protocol'],
  'src/vscode/new.ts': [...core, 'files', 'assistants', 'protocol', 'vscode'],
  'src/extension.ts': [...core, 'files', 'assistants', 'protocol', 'vscode'],
  'src/cli.ts': [...core, 'files', 'assistants', 'protocol'],
  'webview-ui/model/new.ts': ['foundation', 'present', 'protocol', 'webview'],
};

describe('lint keeps the boundaries between parts', () => {
  for (const [from, mayImport] of Object.entries(allowed)) {
    it(`${from} imports ${mayImport.join(', ')} and nothing else`, async () => {
      const accepted: string[] = [];
      for (const part of Object.keys(file) as Part[]) {
        const found = await complaints(from, importing(from, file[part]));
        expect(found.filter((rule) => !rule.startsWith('boundaries/'))).toEqual([]);
        if (found.length === 0) accepted.push(part);
      }
      expect(accepted.sort()).toEqual([...mayImport].sort());
    });
  }

  it('src/protocol takes no code from the core', async () => {
    const code = "import { ok } from '../core/result';\nexport const used = ok;\n";
    expect(await complaints('src/protocol/new.ts', code)).toContain('boundaries/dependencies');
  });

  it('src/core/present takes no code from the estimates but facts that need no fit', async () => {
    const from = 'src/core/present/new.ts';
    const taking = (name: string, file: string) =>
      complaints(from, `import { ${name} } from '../estimate/${file}';\nexport const used = ${name};\n`);
    expect(await taking('createEstimators', 'estimators')).toContain('boundaries/dependencies');
    expect(await taking('fitEquation2', 'family-fit/equation2')).toContain('boundaries/dependencies');
    expect(await taking('concernsOf', 'concerns')).toEqual([]);
  });

  it('sees exports and dynamic imports as well', async () => {
    const from = 'src/core/onnx/new.ts';
    expect(await complaints(from, "export type { Estimate } from '../estimate/estimators';\n")).toContain(
      'boundaries/dependencies',
    );
    expect(await complaints(from, "export const later = () => import('../estimate/estimators');\n")).toContain(
      'boundaries/dependencies',
    );
  });

  it('has a place for every source file', async () => {
    expect(await complaints('src/elsewhere/new.ts', 'export const x = 1;\n')).toContain('boundaries/no-unknown-files');
    expect(await complaints('src/new.ts', 'export const x = 1;\n')).toContain('boundaries/no-unknown-files');
  });
});

describe('lint keeps modules where they belong', () => {
  const forms = (module: string) => [
    `import * as it from '${module}';\nexport const used = it;\n`,
    `import type { Imported } from '${module}';\nexport type Used = Imported;\n`,
    `export { something } from '${module}';\n`,
    `export const later = () => import('${module}');\n`,
  ];
  const everywhere = [
    'src/core/onnx/new.ts',
    'src/files/new.ts',
    'src/jetson/new.ts',
    'src/protocol/new.ts',
    'src/cli.ts',
  ];
  const browser = ['src/core/new.ts', 'src/core/present/new.ts', 'src/protocol/new.ts', 'webview-ui/model/new.ts'];
  const cases: readonly { module: string; banned: readonly string[]; welcome: readonly string[] }[] = [
    {
      module: 'vscode',
      banned: [...everywhere, 'webview-ui/model/new.ts', 'test/unit/new.test.ts', 'test/vscode/workbench/new.test.ts'],
      welcome: ['src/extension.ts', 'src/vscode/new.ts', 'test/vscode/new.test.ts'],
    },
    { module: 'node:fs', banned: browser, welcome: ['src/files/new.ts', 'src/jetson/new.ts', 'src/cli.ts'] },
    { module: 'fs/promises', banned: browser, welcome: ['src/files/new.ts'] },
    {
      module: 'ssh2',
      banned: ['src/core/onnx/new.ts', 'src/files/new.ts', 'src/vscode/new.ts', 'src/extension.ts', 'src/cli.ts'],
      welcome: ['src/jetson/new.ts'],
    },
  ];
  for (const { module, banned, welcome } of cases) {
    it(`${module}`, async () => {
      for (const code of forms(module)) {
        for (const from of banned) expect(await complaints(from, code), `${from}: ${code}`).not.toEqual([]);
        for (const from of welcome) expect(await complaints(from, code), `${from}: ${code}`).toEqual([]);
      }
    });
  }

  it('picocolors', async () => {
    const code = "import pc from 'picocolors';\nexport const used = pc;\n";
    expect(await complaints('src/cli/new.ts', code)).toEqual(['no-restricted-imports']);
    expect(await complaints('src/cli/colours.ts', code)).toEqual([]);
  });

  it("the paper's reported figures", async () => {
    const code = "import table4 from '../landmarks/reported/table4.json';\nexport const used = table4;\n";
    expect(await complaints('src/core/estimate/new.ts', code)).toContain('no-restricted-imports');
    expect(await complaints('src/core/plan/new.ts', code)).toContain('no-restricted-imports');
    expect(await complaints('src/core/present/new.ts', code)).toEqual([]);
  });

  it("Node.js's globals and clocks stay out of the core", async () => {
    expect(await complaints('src/core/new.ts', 'export const x = Buffer.alloc(1);\n')).toContain(
      'no-restricted-globals',
    );
    expect(await complaints('src/core/new.ts', 'export const x = process.env;\n')).toContain('no-restricted-globals');
    expect(await complaints('src/core/new.ts', 'export const x = performance.now();\n')).toContain(
      'no-restricted-globals',
    );
  });
});

describe('lint keeps files about one subject', () => {
  it.each(['src/core/index.ts', 'src/vscode/util.ts', 'src/files/helpers.ts', 'webview-ui/model/index.ts'])(
    '%s',
    async (name) => {
      expect(await complaints(name, 'export const x = 1;\n')).toEqual(['no-restricted-syntax']);
    },
  );

  it('no barrels', async () => {
    expect(await complaints('src/core/onnx/new.ts', "export * from './model';\n")).toEqual(['no-restricted-syntax']);
  });

  it('at most 400 lines of code', async () => {
    const lines = (count: number) => `export const x = [\n${'  1,\n'.repeat(count - 2)}];\n`;
    expect(await complaints('src/core/new.ts', lines(400))).toEqual([]);
    expect(await complaints('src/core/new.ts', lines(401))).toEqual(['max-lines']);
  });
});

it('no file imports itself by way of others, not even for a type', () => {
  const names = ['src', 'webview-ui'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => posix.join(folder, name)),
  );
  const importsOf = new Map(
    names
      .filter((name) => name.endsWith('.ts'))
      .map((name) => {
        const { importedFiles } = ts.preProcessFile(readFileSync(join(root, name), 'utf8'));
        return [name, importedFiles.map(({ fileName }) => `${posix.join(dirname(name), fileName)}.ts`)] as const;
      }),
  );
  // What imports nothing that is left is part of no circle, and neither is what then imports nothing that is left.
  for (let before = Infinity; importsOf.size < before;) {
    before = importsOf.size;
    for (const [name, imports] of importsOf) if (!imports.some((other) => importsOf.has(other))) importsOf.delete(name);
  }
  // What only imports a circle is not part of it.
  for (let before = Infinity; importsOf.size < before;) {
    before = importsOf.size;
    const imported = new Set([...importsOf.values()].flat());
    for (const name of importsOf.keys()) if (!imported.has(name)) importsOf.delete(name);
  }
  expect([...importsOf.keys()]).toEqual([]);
});
