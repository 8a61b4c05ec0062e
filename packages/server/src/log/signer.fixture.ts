import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { ROOT } from '../lib/paths.ts'

/** A signer as a process of its own: the example of the documentation, over a real socket. */
export async function startSigner(socket: string, ...keyFiles: string[]): Promise<{ stop(): Promise<void> }> {
  const program = join(ROOT, 'docs/ops/log-signer.js')
  const child = spawn(process.execPath, [program, socket, ...keyFiles], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  await Promise.race([
    once(child.stdout, 'data'),
    ended.then(([code]) => {
      throw new Error(`${program} ended with ${code}`)
    }),
  ])
  return {
    async stop() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
