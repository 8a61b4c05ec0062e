import { join, resolve } from 'node:path'
import type { Config, Setting } from './config.ts'
import { text } from './setting-values.ts'

/** Settings of backups. */
export interface BackupConfig {
  /** folder of the backups made before an upgrade; null: none are made */
  restorePoints: string | null
}

/** The rows of the table of settings that are about backups. */
export function backupSettings(setting: <K extends keyof Config>(s: Setting<K>) => Setting<keyof Config>) {
  return [
    setting({
      name: 'RESTORE_POINTS',
      key: 'restorePoints',
      fallback: '',
      parse: folderOrOff,
      zh: '升级（数据库迁移）之前自动写入恢复点的文件夹，保留最近两个；留空为 DATA_DIR/restore-points；off 不写',
      en: 'Folder in which a backup is kept before an upgrade migrates the database, the last two; empty: DATA_DIR/restore-points; off: none',
    }),
  ]
}

/** `off`: null; empty: beside the database. */
function folderOrOff(value: string, env: NodeJS.ProcessEnv): string | null {
  if (value === 'off') return null
  if (/^(off|no|none|false|0)$/i.test(value.trim())) throw new Error('must be off, in small letters, or a folder')
  return resolve(value === '' ? join(env.DATA_DIR?.trim() || './var', 'restore-points') : text(value))
}
