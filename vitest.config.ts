import { defineConfig } from 'vitest/config'
import { testFiles } from './test/support/kinds.ts'
import { LongestFirst } from './test/support/longest-first.ts'
import { useMemory } from './test/support/scratch.ts'

useMemory()

const { plain, platform } = testFiles(import.meta.dirname)

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    // A young generation of 3 x 32 MB is collected half as often.
    execArgv: ['--max-semi-space-size=32'],
    // No file leaves anything behind in a module, so files share what they import.
    isolate: false,
    // What was transformed is kept for the next run, such as that on the other database.
    experimental: { fsModuleCache: true },
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
