import { defineConfig } from 'vitest/config';

/** What runs against the one VS Code server that the set-up starts, one window at a time: two cores carry no more. */
const inWorkbench = {
  globalSetup: ['test/vscode/harness/global-setup.ts'],
  fileParallelism: false,
  testTimeout: 90_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 15_000 } },
};

/**
 * Python modules are imported as their text, as esbuild does in bundles.
 * @type {import('vite').Plugin}
 */
const pythonText = {
  name: 'python-text',
  transform: (code, id) => (id.endsWith('.py') ? `export default ${JSON.stringify(code)};` : null),
};

/**
 * What signs in to real servers on this machine. These tests mostly wait, for processes and for time-outs that must
 * pass, so more files run at a time than there are cores. The limits end what hangs; on a busy machine, a test that takes
 * five seconds alone takes a minute.
 */
const onBoards = {
  setupFiles: ['test/jetson/harness/openssh.ts'],
  maxWorkers: 4,
  testTimeout: 240_000,
  hookTimeout: 120_000,
};

/** Compares times that are measured, so nothing else may run meanwhile. */
const timed = ['test/jetson/cli/measured-times.test.ts'];
const alone = { maxWorkers: 1, fileParallelism: false, sequence: { groupOrder: 1 } };

export default defineConfig({
  plugins: [pythonText],
  test: {
    projects: [
      // By default one core is left free.
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          maxWorkers: '100%',
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      { extends: true, test: { name: 'jetson', include: ['test/jetson/**/*.test.ts'], exclude: timed, ...onBoards } },
      { extends: true, test: { name: 'jetson-timed', include: timed, ...onBoards, ...alone } },
      { extends: true, test: { name: 'workbench', include: ['test/vscode/workbench/**/*.test.ts'], ...inWorkbench } },
      {
        extends: true,
        test: { name: 'screenshots', include: ['test/vscode/screenshots/**/*.test.ts'], ...inWorkbench },
      },
      { extends: true, test: { name: 'walk', include: ['test/vscode/walk/**/*.test.ts'], ...inWorkbench } },
    ],
  },
});
