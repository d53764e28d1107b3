import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**'],
          globalSetup: ['test/temporary.ts'],
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/e2e/package.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          // Most of what these tests start runs on one core.
          maxWorkers: 2,
        },
      },
    ],
  },
})
