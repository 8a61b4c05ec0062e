import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Unreachable } from '@yuanliu/core'
import { connect, withKeyHint } from './connection.ts'
import { Failure } from './failure.ts'
import { createProgress } from './progress.ts'
import { print, type Shell, say } from './shell.ts'

export interface Place {
  /** address of a running platform */
  url?: string
  /** postgres://… */
  database?: string
  dataDir?: string
  quiet?: boolean
}

/** Settings under which the database of a place is opened: what is named is meant, whatever the environment says. */
export function settingsOf({ env }: Shell, { database, dataDir }: Place): Record<string, string | undefined> {
  const { DATABASE_URL, ...rest } = env
  return {
    ...rest,
    ...(dataDir !== undefined && { DATA_DIR: resolve(dataDir) }),
    ...(database !== undefined ? { DATABASE_URL: database } : dataDir === undefined && { DATABASE_URL }),
  }
}

/** Writes a backup to a file, and verifies what was written. @throws Failure, RemoteProblem, Unreachable, Error in words */
export async function backupCommand(shell: Shell, file: string, place: Place): Promise<number> {
  const server = await import('@yuanliu/server/backup')
  const { readConfig } = await import('@yuanliu/server/config')
  const config = readConfig(settingsOf(shell, place))
  const named = place.database !== undefined || place.dataDir !== undefined
  const running = !config.databaseUrl && server.embeddedState(config) === 'in-use'
  const remote = place.url ?? (named ? undefined : shell.env.YUANLIU_URL || (running ? '' : undefined))
  const bar = createProgress(shell.stderr, 0)
  const show = (rows: number) => place.quiet || bar.at(0, say(shell, 'backupRows', { rows }))
  const write = async (out: Writable) => {
    if (remote === undefined) return server.backupInstallation(config, out, show)
    const answer = await withKeyHint(shell, () => connect(shell, { url: remote }).request('/api/backup')).catch(
      error => {
        // A lock that a killed process left: opening the folder finds out.
        if (remote === '' && error instanceof Unreachable) return null
        throw error
      },
    )
    if (!answer) return server.backupInstallation(config, out, show)
    await pipeline(Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]), out)
  }
  try {
    if (file === '-') {
      await write(outOf(shell))
      return 0
    }
    const path = resolve(file)
    if (existsSync(path)) throw new Failure('backupExists', { path })
    const { header, rows } = await server.writeWhole(path, write, draft => server.verifyBackup(draft))
    bar.clear()
    const values = { path, tables: header.tables.length, rows, position: header.position }
    print(shell.stderr, say(shell, 'backupDone', values))
    return 0
  } finally {
    bar.clear()
  }
}

/** The shell's output as a stream of bytes. */
function outOf({ stdout }: Shell): Writable {
  const { stdout: real } = process
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (stdout === real) real.write(chunk, error => done(error))
      else {
        stdout.write(chunk.toString('latin1'))
        done()
      }
    },
  })
}

/** Restores a backup into an empty database or folder. @throws Error in words */
export async function restoreCommand(shell: Shell, file: string, place: Place): Promise<number> {
  const { restoreInstallation } = await import('@yuanliu/server/backup')
  const { readConfig } = await import('@yuanliu/server/config')
  const path = resolve(file)
  if (!existsSync(path)) throw new Failure('noSuchPath', { path })
  const config = readConfig(settingsOf(shell, place))
  const bars = { verify: createProgress(shell.stderr, 1), load: createProgress(shell.stderr, 1) }
  const words = { verify: say(shell, 'restoreVerify'), load: say(shell, 'restoreLoad') }
  try {
    const told: string[] = []
    const progress = (phase: 'verify' | 'load', done: number, total: number) => {
      if (!place.quiet) bars[phase].at(done / Math.max(1, total), words[phase])
    }
    const restored = await restoreInstallation(config, path, progress, remark => told.push(remark))
    bars.load.clear()
    for (const remark of told) print(shell.stderr, remark)
    const { header, rows, migrated, retired, remembered } = restored
    print(shell.stderr, say(shell, 'restoreDone', { made: header.made, rows, position: header.position }))
    if (migrated) print(shell.stderr, say(shell, 'restoreMigrated', { count: migrated }))
    if (retired.length) print(shell.stderr, say(shell, 'restoreRetired', { origins: retired.join(', ') }))
    if (remembered) {
      const values = { folder: config.dataDir, remembered, position: header.position }
      print(shell.stderr, say(shell, 'restoreBehind', values))
    }
    return 0
  } finally {
    bars.load.clear()
  }
}
