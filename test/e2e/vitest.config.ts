import { defineConfig } from 'vitest/config'
import { useMemory } from '../support/scratch.ts'

useMemory()

/** Browser tests: Debian's Chromium against the demonstration city. */
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['test/e2e/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 180_000,
    maxWorkers: 2,
    // No file leaves anything behind in a module, so files share what they import.
    isolate: false,
    experimental: { fsModuleCache: true },
    globalSetup: ['test/support/global-setup.ts'],
  },
})
