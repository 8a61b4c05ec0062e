import { makeDatabase } from './lib/database.ts'
import { HAMMER_USAGE, type HammerOptions, readHammerOptions } from './lib/log-hammer-options.ts'
import { hammerLine, hammerLog } from './lib/log-hammer-run.ts'
import type { Target } from './lib/log-hammer-target.ts'
import { giveLogKey } from './lib/log-key.ts'
import { readOptions } from './lib/options.ts'
import { progress } from './lib/progress.ts'
import { runCommand } from './lib/run.ts'
import { KEY, serve } from './lib/server.ts'

/**
 * Writes to a platform and verifies its log at once: `npx tsx --conditions=source bench/log-hammer.ts --help`.
 * Ends with 1 where anything differs from what the log promises, and says what.
 */

async function main(options: HammerOptions): Promise<void> {
  const { target, stop } = options.remote ? { target: options.remote, stop: async () => {} } : await startOwn(options)
  progress(`${target.url}: ${options.writers} writers and ${options.readers} readers for ${options.seconds} s`)
  const result = await hammerLog({ ...options, target, alone: options.remote === null })
  process.stdout.write(`${hammerLine(result)}\n`)
  for (const { by, words } of result.found) process.stdout.write(`DIFFERS (${by}): ${words}\n`)
  if (result.found.length) process.exitCode = 1
  await stop()
}

/** The built platform on an empty database of its own. */
async function startOwn({ database: kind, suites }: HammerOptions): Promise<{ target: Target; stop(): Promise<void> }> {
  const shared = readOptions(['--database', kind], process.env)
  const database = await makeDatabase(kind, 'log_hammer', shared)
  await giveLogKey(database, suites)
  const server = await serve(database, shared, { LOG: suites.join() })
  return {
    target: { url: server.url, key: KEY },
    async stop() {
      await server.stop()
      await database.remove()
    },
  }
}

await runCommand(HAMMER_USAGE, () => main(readHammerOptions(process.argv.slice(2), process.env)))
