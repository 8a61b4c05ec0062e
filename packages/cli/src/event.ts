import { deleteEventContent, type TombstoneReason } from '@yuanliu/core'
import { connect, withKeyHint } from './connection.ts'
import { print, type Shell, say } from './shell.ts'

/** Deletes the content of an event for good. @throws RemoteProblem, Failure */
export async function deleteEventCommand(
  shell: Shell,
  id: string,
  { reason, ground, part }: { reason: TombstoneReason; ground: string; part?: string },
): Promise<number> {
  const body = { reason, ground, ...(part !== undefined && { part: Number(part) }) }
  const { index } = await withKeyHint(shell, () => connect(shell).call(deleteEventContent, { params: { id }, body }))
  print(shell.stderr, say(shell, 'eventDeleted', { id, index }))
  return 0
}
