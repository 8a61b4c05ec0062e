import { resolve } from 'node:path'
import type { SuiteId } from '@yuanliu/core'
import type { Config, Setting } from './config.ts'
import { logOrigin, logSuites, passphrase, text } from './setting-values.ts'
import { type WitnessConfig, witnessSettings } from './witness-settings.ts'

/** Settings of the signed log. */
export interface LogConfig extends WitnessConfig {
  /** suites of the signed log; none: it is off */
  log: SuiteId[]
  logOrigin: string | null
  logKeyFile: string | null
  logSmKeyFile: string | null
  logNextKeyFile: string | null
  logSmNextKeyFile: string | null
  logKeyPassphrase: string | null
  checkpointStore: string | null
}

const file = (value: string) => (value === '' ? null : resolve(text(value)))

/** The rows of the table of settings that are the log's. */
export function logSettings(setting: <K extends keyof Config>(s: Setting<K>) => Setting<keyof Config>) {
  return [
    setting({
      name: 'LOG',
      key: 'log',
      fallback: 'sha256-ed25519',
      parse: logSuites,
      zh: '可验证日志：sha256-ed25519、sm3-sm2（国密），逗号分隔可同时启用；off 关闭（已有日志的数据库不能关闭）',
      en: 'Suites of the signed log: sha256-ed25519, sm3-sm2, or both separated by a comma; off: none (refused by a database that has a log)',
    }),
    setting({
      name: 'LOG_ORIGIN',
      key: 'logOrigin',
      fallback: '',
      parse: logOrigin,
      zh: '日志名称，建立后不变；留空取 PUBLIC_URL 去掉协议加 /log',
      en: 'Name of the log, fixed when it is begun; empty: PUBLIC_URL without its scheme, and /log',
    }),
    setting({
      name: 'LOG_KEY_FILE',
      key: 'logKeyFile',
      fallback: '',
      parse: file,
      zh: 'Ed25519 日志签名密钥文件；留空为 DATA_DIR/log-key（内嵌数据库首次启动时生成）；没有密钥的进程不签名',
      en: 'File of the Ed25519 key that signs the log; empty: DATA_DIR/log-key, which the first start makes on the embedded database; a process without it serves the log and never extends it',
    }),
    setting({
      name: 'LOG_SM_KEY_FILE',
      key: 'logSmKeyFile',
      fallback: '',
      parse: file,
      zh: 'SM2 日志签名密钥文件；留空为 DATA_DIR/log-sm-key',
      en: 'The same for SM2; empty: DATA_DIR/log-sm-key',
    }),
    setting({
      name: 'LOG_NEXT_KEY_FILE',
      key: 'logNextKeyFile',
      fallback: '',
      parse: file,
      zh: '将要接替的 Ed25519 日志签名密钥文件：更换密钥期间与现有密钥同时签名（见 docs/ops/log.md）；留空为不更换',
      en: 'File of the Ed25519 key that is to follow: it signs beside the present one while keys change (docs/ops/log.md); empty: none',
    }),
    setting({
      name: 'LOG_SM_NEXT_KEY_FILE',
      key: 'logSmNextKeyFile',
      fallback: '',
      parse: file,
      zh: '将要接替的 SM2 日志签名密钥文件',
      en: 'The same for SM2',
    }),
    setting({
      name: 'LOG_KEY_PASSPHRASE',
      key: 'logKeyPassphrase',
      fallback: '',
      parse: passphrase,
      zh: '日志签名密钥文件的口令；设置后新生成的密钥文件加密保存',
      en: 'Passphrase of the key files; a key that is made while it is set is sealed under it',
    }),
    setting({
      name: 'CHECKPOINT_STORE',
      key: 'checkpointStore',
      fallback: '',
      parse: file,
      zh: '在数据库之外记住最后发布的检查点的文件夹；留空为 DATA_DIR。应与数据库分开备份',
      en: 'Folder that remembers, outside the database, the last checkpoint published; empty: DATA_DIR. Never restore it together with the database',
    }),
    ...witnessSettings(setting),
  ]
}
