import { listLogReaders, rebuildLogReader } from '@yuanliu/core'
import { connect, withKeyHint } from './connection.ts'
import { print, printJson, type Shell, say } from './shell.ts'

/** Lists who follows the log, each with its place and lag. @throws RemoteProblem, Unreachable, Failure */
export async function listReaders(shell: Shell, { json = false }: { json?: boolean } = {}): Promise<number> {
  const answer = await withKeyHint(shell, () => connect(shell).call(listLogReaders))
  if (json) {
    printJson(shell.stdout, answer)
    return 0
  }
  print(shell.stderr, say(shell, 'logReaderAt', { position: answer.position }))
  for (const reader of answer.readers) {
    const rebuilds = reader.rebuilds ? say(shell, 'logReaderRebuilds') : ''
    print(shell.stdout, say(shell, 'logReaderLine', { ...reader, rebuilds }).trimEnd())
  }
  return 0
}

/** Lets a reader begin again. @throws RemoteProblem (404 for none of that name, 400 for one that cannot), Failure */
export async function rebuildReader(shell: Shell, name: string): Promise<number> {
  await withKeyHint(shell, () => connect(shell).call(rebuildLogReader, { params: { name } }))
  print(shell.stderr, say(shell, 'logReaderBegun', { name }))
  return 0
}
