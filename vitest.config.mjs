import { defineConfig } from 'vitest/config';

/** What runs against the one VS Code server that the set-up starts, one window at a time: two cores carry no more. */
const inWorkbench = {
  globalSetup: ['test/vscode/harness/global-setup.ts'],
  fileParallelism: false,
  testTimeout: 90_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 15_000 } },
};

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 20_000 } },
      { test: { name: 'workbench', include: ['test/vscode/workbench/**/*.test.ts'], ...inWorkbench } },
      { test: { name: 'screenshots', include: ['test/vscode/screenshots/**/*.test.ts'], ...inWorkbench } },
    ],
  },
});
