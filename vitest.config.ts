import { defineConfig } from 'vitest/config'
import { testFiles } from './test/support/kinds.ts'

const { plain, platform } = testFiles(import.meta.dirname)

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // No file leaves anything behind in a module, so files share what they import.
    isolate: false,
    setupFiles: ['test/support/equality.ts'],
    projects: [
      { extends: true, test: { name: 'plain', include: plain } },
      {
        extends: true,
        test: { name: 'platform', include: platform, globalSetup: ['test/support/global-setup.ts'] },
      },
    ],
  },
})
