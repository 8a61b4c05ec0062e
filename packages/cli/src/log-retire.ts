import { type Place, settingsOf } from './backup.ts'
import { print, type Shell, say } from './shell.ts'

/** Ends the log of an installation that is stopped; the statements on stdout. @throws Error in words */
export async function retireCommand(
  shell: Shell,
  options: Place & { newOrigin: string; reason: string },
): Promise<number> {
  const { retireInstallation } = await import('@yuanliu/server/log')
  const { readConfig } = await import('@yuanliu/server/config')
  const config = readConfig(settingsOf(shell, options))
  const { retired, restorePoint } = await retireInstallation(config, options)
  if (restorePoint) print(shell.stderr, say(shell, 'restorePointAt', { path: restorePoint }))
  for (const { origin, size, newOrigin, newKey, statement, signedByOldKey } of retired) {
    print(shell.stderr, say(shell, 'logRetired', { origin, size, newOrigin }))
    print(shell.stdout, statement.trimEnd())
    if (!signedByOldKey) print(shell.stderr, say(shell, 'logRetiredUnsigned'))
    print(shell.stderr, say(shell, 'logRetiredNext', { key: newKey }))
  }
  return 0
}
