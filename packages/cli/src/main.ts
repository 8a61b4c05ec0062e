import { run } from './program.ts'

// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

const stop = new AbortController()
const { stdout, stderr, env } = process
const serves = process.argv.includes('--serve') || process.argv.includes('monitor')
// Everything but a server ends at once, as the system does it.
if (serves) for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort())

process.exitCode = await run(process.argv.slice(2), { stdout, stderr, env }, stop.signal)
