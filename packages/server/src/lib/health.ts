import type { DatabaseKind } from './db/db.ts'

export type Stage = 'starting' | 'migrating' | 'recovering' | 'ready' | 'stopping' | 'failed'

/** Where the process stands; one object per process, read by /health and by every request. */
export interface Health {
  stage: Stage
  version: string
  database: DatabaseKind | null
  databaseVersion: string | null
  /** why it has failed, where it has */
  reason?: string
}

const WORDS: Record<Exclude<Stage, 'ready'>, string> = {
  starting: 'The service is starting 正在启动',
  migrating: 'The database is being brought up to date 正在升级数据库',
  recovering: 'Interrupted captures are being completed 正在续完中断的采集',
  stopping: 'The service is stopping 正在停止',
  failed: 'The service has stopped working and must be started again 服务已停止，需重新启动',
}

/** Null when requests may be answered. */
export function notReady(health: Health): string | null {
  if (health.stage === 'ready') return null
  const { [health.stage]: words } = WORDS
  return health.reason ? `${words}: ${health.reason}` : words
}

/** What stays possible on the embedded database; said at start, in the README and by /health. */
export const EMBEDDED_NOTE =
  'Embedded database: commits are synced to disk and survive kill -9; not tested against every power cut. Production: PostgreSQL (DATABASE_URL). 内嵌数据库适合试用与小规模，生产环境请用 PostgreSQL。'

/** The body of /health without what only a ready database can say. */
export function healthBody(health: Health): Record<string, unknown> {
  const why = notReady(health)
  return {
    status: health.stage,
    ...(why && { detail: why }),
    version: health.version,
    database: health.database,
    databaseVersion: health.databaseVersion,
    ...(health.database === 'embedded' && { note: EMBEDDED_NOTE }),
  }
}
