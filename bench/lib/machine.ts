import { cpus, totalmem } from 'node:os'
import { VERSION } from '../../packages/server/src/lib/paths.ts'

/** The machine and the programs that figures were taken on, in one line. */
export function machine(): string {
  const processors = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  return `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown processor'}, ${memory} GiB, ${process.platform}, Node ${process.version}, Yuanliu ${VERSION}, ${new Date().toISOString().slice(0, 10)}`
}
