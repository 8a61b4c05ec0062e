import { removeDatabases } from './database.ts'
import { killChildren } from './server.ts'

async function tidy(): Promise<void> {
  killChildren()
  await removeDatabases()
}

/**
 * Runs a command of the benchmark: says its usage for `--help`, else does its work; says what went wrong and ends with 1.
 * Whatever it has started and made is gone at the end, also where it is interrupted.
 */
export async function runCommand(usage: string, work: () => Promise<void>): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void tidy().then(() => process.exit(130)))
  try {
    if (process.argv.includes('--help')) process.stdout.write(`${usage}\n`)
    else await work()
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : error}\n`)
    process.exitCode = 1
  } finally {
    await tidy()
  }
}
