import { readConfig } from './lib/config.ts'
import { EMBEDDED_NOTE } from './lib/health.ts'
import { start } from './start.ts'

async function main(): Promise<void> {
  const running = await start(readConfig(process.env))
  const { config, health, port, keyFile } = running
  const lines = [
    `Yuanliu 源流 ${health.version} · ${health.database} ${health.databaseVersion} · ${config.publicUrl} (${config.host}:${port})`,
    health.database === 'embedded' ? EMBEDDED_NOTE : null,
    keyFile ? `First access key written to ${keyFile} 初始密钥已写入该文件` : null,
  ]
  process.stdout.write(`${lines.filter(Boolean).join('\n')}\n`)
  let stopping = false
  void running.lost.then(error => {
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) return
      stopping = true
      process.stdout.write('Stopping: requests in flight are completed 正在停止\n')
      running.stop().then(
        () => process.exit(0),
        error => {
          process.stderr.write(`${(error as Error).message}\n`)
          process.exit(1)
        },
      )
    })
  }
}

main().catch(error => {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exit(1)
})
