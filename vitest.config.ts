import { defineConfig } from 'vitest/config'

const CORE = 'packages/core/src/**/*.test.ts'
const NOT_TESTS = ['**/node_modules/**', '**/dist/**', 'test/e2e/**']

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    setupFiles: ['test/support/equality.ts'],
    projects: [
      // pure functions: nothing that one file does can be seen by another, so they share what they import
      { extends: true, test: { name: 'core', include: [CORE], exclude: NOT_TESTS, isolate: false } },
      {
        extends: true,
        test: {
          name: 'platform',
          include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts', 'data/**/*.test.ts'],
          exclude: [...NOT_TESTS, CORE],
          globalSetup: ['test/support/global-setup.ts'],
        },
      },
    ],
  },
})
