import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import js from '@eslint/js';
import boundaries from 'eslint-plugin-boundaries';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * The parts of the product and what each may import, as ARCHITECTURE.md draws them. The core's stages stand in the
 * order of the data: each sees only the stages before it.
 */
const stages = ['foundation', 'onnx', 'profile', 'landmarks', 'estimate'];
const core = [...stages, 'zoo', 'plan', 'ladder', 'pipeline', 'fas', 'present', 'report'];
const below = [...core, 'files', 'jetson', 'protocol', 'assistants'];

/** @type {Record<string, { folder: string, mayImport: string[] }>} */
const parts = {
  ...Object.fromEntries(
    stages
      .slice(1)
      .map((stage, index) => [stage, { folder: `src/core/${stage}`, mayImport: stages.slice(0, index + 2) }]),
  ),
  zoo: { folder: 'src/core/zoo', mayImport: ['foundation', 'onnx', 'profile', 'zoo'] },
  // Planning predicts members of the zoo, so it stands after both the estimates and the zoo.
  plan: { folder: 'src/core/plan', mayImport: [...stages, 'zoo', 'plan'] },
  // A ladder is the zoo's members that fits need most.
  ladder: { folder: 'src/core/ladder', mayImport: [...stages, 'zoo', 'ladder'] },
  // A pipeline adds up what is predicted for its networks.
  pipeline: { folder: 'src/core/pipeline', mayImport: [...stages, 'zoo', 'pipeline'] },
  fas: { folder: 'src/core/fas', mayImport: [...stages, 'fas'] },
  // Of the estimates, presenters see the types: see `facts` below.
  present: {
    folder: 'src/core/present',
    mayImport: [...stages.filter((stage) => stage !== 'estimate'), 'plan', 'pipeline', 'fas', 'present'],
  },
  // A report gathers what is predicted and puts it into words.
  report: { folder: 'src/core/report', mayImport: [...stages, 'present', 'report'] },
  foundation: { folder: 'src/core', mayImport: ['foundation'] },
  files: { folder: 'src/files', mayImport: [...core, 'files'] },
  jetson: { folder: 'src/jetson', mayImport: [...core, 'files', 'jetson'] },
  // What assistants may ask, whoever offers it to them.
  assistants: { folder: 'src/assistants', mayImport: [...core, 'assistants'] },
  protocol: { folder: 'src/protocol', mayImport: ['protocol'] },
  vscode: { folder: 'src/vscode', mayImport: [...below, 'vscode'] },
  cli: { folder: 'src/cli', mayImport: [...below, 'cli'] },
  webview: { folder: 'webview-ui', mayImport: ['foundation', 'protocol', 'fas', 'present', 'webview'] },
};

/** The two entry points: single files, which nothing may import. */
const entries = {
  extension: { file: 'src/{extension,web}.ts', mayImport: [...below, 'vscode'] },
  commandLine: { file: 'src/cli.ts', mayImport: [...below, 'cli'] },
};

/** What can be told of a model on a board without any fit, which presenters and pages may therefore ask for. */
const facts = ['board-memory', 'concerns', 'estimate', 'operating-point', 'verdict'].map(
  (name) => `src/core/estimate/${name}.ts`,
);

/** Names that Node.js alone gives. */
const nodeNames = ['Buffer', 'process', 'global', 'setImmediate', '__dirname', '__filename'];

const nodeModule = `^(node:|(${builtinModules.filter((name) => !name.startsWith('_')).join('|')})($|/))`;

/** Modules that only some parts may import, whichever way the import is written. */
const guarded = {
  vscode: { regex: '^vscode$', message: 'Only src/extension.ts, src/web.ts, src/vscode and test/vscode know VS Code.' },
  ssh2: { regex: '^ssh2($|/)', message: 'Only src/jetson talks SSH.' },
  colours: { regex: '^picocolors$', message: 'src/cli/colours.ts knows whether colours are wanted.' },
  reported: { regex: '(^|/)reported/', message: 'Reported figures are for display: only src/core/present shows them.' },
  node: { regex: nodeModule, message: 'This part also runs in a browser: no Node.js modules.' },
};

/** Spreads that merge nothing. */
const idleSpreads = [
  {
    selector:
      ':matches(ObjectExpression > SpreadElement > ObjectExpression, ArrayExpression > SpreadElement > ArrayExpression)',
    message: 'Write the elements themselves: a spread says that something is merged.',
  },
  {
    selector:
      "SpreadElement > ConditionalExpression[test.right.type='Identifier'][test.right.name='undefined']" +
      "[consequent.type='ObjectExpression'][consequent.properties.length=0]",
    message: 'An optional property may be undefined: write it as it is.',
  },
  {
    selector:
      "ConditionalExpression[test.right.raw='null'][consequent.type='ObjectExpression'][consequent.properties.length=0]" +
      '[alternate.properties.length=1] > ObjectExpression.alternate > Property > :matches(Identifier, MemberExpression).value',
    message: 'What is null is left out by `?? undefined`.',
  },
];

/**
 * The rules that keep guarded modules and ways of writing out. One list per part, because a later block of the same rule
 * replaces an earlier one.
 *
 * @param {{ regex: string, message: string }[]} modules
 * @param {{ selector: string, message: string }[]} ways
 * @returns {import('eslint').Linter.RulesRecord}
 */
const restrict = (modules, ways) => ({
  'no-restricted-imports': ['error', { patterns: modules }],
  'no-restricted-syntax': [
    'error',
    ...modules.flatMap(({ regex, message }) => {
      const name = `[value=/${regex.replaceAll('/', '\\u002F')}/]`;
      return [`ImportExpression > Literal${name}`, `TSImportType Literal${name}`].map((selector) => ({
        selector,
        message,
      }));
    }),
    { selector: 'ExportAllDeclaration', message: 'No barrels: import from the file that has it.' },
    ...idleSpreads,
    ...ways,
  ],
});

/** @param {{ regex: string, message: string }[]} modules */
const keepOut = (...modules) => restrict(modules, []);

/** What must not be written where models are read: everything in them is of any length and has any name. */
const hostileLists = [
  {
    selector: ':matches(CallExpression, NewExpression) > SpreadElement',
    message: 'A list from a model may be longer than the call stack: use a loop, largestOf or smallestOf.',
  },
  {
    selector:
      'MemberExpression[computed=true] > :matches(MemberExpression[property.name=/^(opType|domain|name|key|value)$/], ' +
      'Identifier[name=/^(opType|operator|domain|name|key)$/]).property',
    message: 'A name from a model may be that of a member of Object.prototype: use a Map.',
  },
];

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', '.vscode-test/', 'samples/', 'test/fixtures/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommended],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: fileURLToPath(new URL('.', import.meta.url)) },
    },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: nodeGlobals() },
  },
  {
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'no-restricted-properties': [
        'error',
        {
          object: 'AbortSignal',
          property: 'any',
          message: 'Node.js has it from 20.3 on, and 20.0 is promised: use src/core/any-signal.ts.',
        },
      ],
    },
  },
  {
    files: ['src/**/*.ts', 'webview-ui/**/*.ts'],
    plugins: { boundaries },
    settings: {
      'import/resolver': { node: { extensions: ['.ts'] } },
      'boundaries/dependency-nodes': ['import', 'export', 'dynamic-import', 'require'],
      'boundaries/elements': Object.entries(parts).map(([type, { folder }]) => ({ type, pattern: folder })),
      'boundaries/files': [
        ...Object.entries(entries).map(([category, { file }]) => ({ category, pattern: file })),
        { category: 'facts', pattern: facts },
      ],
    },
    rules: {
      'boundaries/no-unknown-files': 'error',
      'boundaries/no-unknown-dependencies': 'error',
      'boundaries/dependencies': [
        'error',
        {
          default: 'disallow',
          policies: [
            { allow: { to: { module: { origin: ['external', 'core'] } } } },
            {
              from: { element: { type: 'protocol' } },
              allow: { to: { element: { types: { anyOf: core } } }, dependency: { kind: 'type' } },
            },
            {
              from: { element: { type: 'present' } },
              allow: { to: { element: { type: 'estimate' } }, dependency: { kind: 'type' } },
            },
            {
              from: { element: { types: { anyOf: ['present', 'webview'] } } },
              allow: { to: { file: { categories: 'facts' } } },
            },
            ...Object.entries(parts).map(([type, { mayImport }]) => ({
              from: { element: { type } },
              allow: { to: { element: { types: { anyOf: mayImport } } } },
            })),
            ...Object.entries(entries).map(([category, { mayImport }]) => ({
              from: { file: { categories: category } },
              allow: { to: { element: { types: { anyOf: mayImport } } } },
            })),
          ],
        },
      ],
    },
  },
  { files: ['src/**/*.ts', 'test/**/*.ts', 'scripts/**/*.mjs'], rules: keepOut(guarded.vscode, guarded.ssh2) },
  { files: ['src/extension.ts', 'src/web.ts', 'src/vscode/**/*.ts', 'test/vscode/*.ts'], rules: keepOut(guarded.ssh2) },
  {
    files: ['src/cli/**/*.ts'],
    ignores: ['src/cli/colours.ts'],
    rules: keepOut(guarded.vscode, guarded.ssh2, guarded.colours),
  },
  { files: ['src/jetson/**/*.ts', 'test/jetson/**/*.ts'], rules: keepOut(guarded.vscode) },
  {
    files: ['src/core/**/*.ts', 'src/protocol/**/*.ts', 'webview-ui/**/*.ts'],
    rules: {
      ...keepOut(guarded.vscode, guarded.ssh2, guarded.node),
      'no-restricted-globals': ['error', ...nodeNames],
    },
  },
  {
    files: ['src/core/**/*.ts'],
    rules: { 'no-restricted-globals': ['error', ...nodeNames, 'performance', 'setTimeout', 'setInterval'] },
  },
  {
    // What the paper reports of its tests is shown, never fitted.
    files: ['onnx', 'profile', 'landmarks', 'estimate', 'zoo', 'plan', 'ladder', 'pipeline'].map(
      (stage) => `src/core/${stage}/**/*.ts`,
    ),
    rules: keepOut(guarded.vscode, guarded.ssh2, guarded.node, guarded.reported),
  },
  {
    files: ['src/core/onnx/**/*.ts', 'src/core/profile/**/*.ts'],
    rules: restrict([guarded.vscode, guarded.ssh2, guarded.node, guarded.reported], hostileLists),
  },
  {
    files: ['src/**/', 'webview-ui/**/'].flatMap((folder) =>
      ['index', 'util', 'utils', 'helper', 'helpers', 'common', 'misc'].map((name) => `${folder}${name}.ts`),
    ),
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'Program', message: 'Name a file after its one subject: no barrel files, no util.ts.' },
      ],
    },
  },
);

/** @returns {Record<string, 'readonly'>} */
function nodeGlobals() {
  const names = ['process', 'console', 'performance', 'URL', 'URLSearchParams', 'setTimeout', 'clearTimeout', 'Buffer'];
  return Object.fromEntries(names.map((name) => [name, 'readonly']));
}
