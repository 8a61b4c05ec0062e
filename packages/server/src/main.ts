import { readConfig } from './lib/config.ts'
import { beginEmbedded } from './lib/db/early.ts'
import { EMBEDDED_NOTE } from './lib/health.ts'
import { keepHeapSmall } from './lib/heap.ts'
import type { Running } from './start.ts'

async function main(): Promise<void> {
  keepHeapSmall()
  let running: Running | null = null
  let stopping = false
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      // A start that is broken off is like one that was killed: the next one goes on from there.
      if (!running) process.exit(1)
      if (stopping) return
      stopping = true
      process.stdout.write('Stopping: requests in flight are completed 正在停止\n')
      running.stop().then(() => process.exit(0), fail)
    })
  }
  const settings = readConfig(process.env)
  process.stdout.write('Yuanliu 源流: starting 正在启动 …\n')
  // A thread of its own opens the database while the rest of the program is loaded.
  const opening = settings.databaseUrl ? undefined : beginEmbedded(settings.dataDir)
  const { start } = await import('./start.ts')
  running = await start(settings, opening)
  void running.lost.then(fail)
  const { config, health, port, keyFile, restorePoint } = running
  if (config.tlsCert) process.on('SIGHUP', () => reloadTls(running as Running))
  const lines = [
    `Yuanliu 源流 ${health.version} · ${health.database} ${health.databaseVersion} · ${config.publicUrl} (${config.host}:${port})`,
    health.database === 'embedded' ? EMBEDDED_NOTE : null,
    restorePoint ? `Restore point before the upgrade 升级前的恢复点: ${restorePoint}` : null,
    keyFile ? `First access key written to ${keyFile} 初始密钥已写入该文件` : null,
  ]
  process.stdout.write(`${lines.filter(Boolean).join('\n')}\n`)
}

/** A certificate that cannot be used is said, and the one in use stays: an outage would help nobody. */
function reloadTls(running: Running): void {
  try {
    running.reloadTls()
    process.stdout.write('Certificate read again 已重新读取证书\n')
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`)
  }
}

/** Says why and ends, so that a supervisor starts the service again. */
function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}

main().catch(fail)
