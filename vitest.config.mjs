import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 20_000 } },
      {
        test: {
          name: 'workbench',
          include: ['test/vscode/workbench/**/*.test.ts'],
          globalSetup: ['test/vscode/harness/global-setup.ts'],
          // One VS Code server serves all files, one window at a time: two cores do not carry more.
          fileParallelism: false,
          testTimeout: 90_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
