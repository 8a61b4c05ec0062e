import { resolve } from 'node:path'
import type { SuiteId } from '@yuanliu/core'
import type { Config, Setting } from './config.ts'
import { logOrigin, logSuites, passphrase, signerBeside, text } from './setting-values.ts'
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
  /** sockets of signers, in the place of key files */
  logSigner: string | null
  logSmSigner: string | null
  logNextSigner: string | null
  logSmNextSigner: string | null
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
      name: 'LOG_SIGNER',
      key: 'logSigner',
      fallback: '',
      parse: signerBeside('LOG_KEY_FILE'),
      zh: '代替 LOG_KEY_FILE：由另一进程（密码机、签名服务器）签名，unix:/套接字路径（见 docs/ops/log.md）；无法连接时本进程不签名',
      en: 'In the place of LOG_KEY_FILE: unix:/path of the socket of a signer, a process that has the key in a hardware module or a signature server (docs/ops/log.md); while it does not answer this process serves the log and does not extend it',
    }),
    setting({
      name: 'LOG_SM_SIGNER',
      key: 'logSmSigner',
      fallback: '',
      parse: signerBeside('LOG_SM_KEY_FILE'),
      zh: '代替 LOG_SM_KEY_FILE 的签名服务',
      en: 'The same for SM2, in the place of LOG_SM_KEY_FILE',
    }),
    setting({
      name: 'LOG_NEXT_SIGNER',
      key: 'logNextSigner',
      fallback: '',
      parse: signerBeside('LOG_NEXT_KEY_FILE'),
      zh: '代替 LOG_NEXT_KEY_FILE 的签名服务（如把密钥从文件换到密码机）',
      en: 'In the place of LOG_NEXT_KEY_FILE: the signer that is to follow, also after a key file',
    }),
    setting({
      name: 'LOG_SM_NEXT_SIGNER',
      key: 'logSmNextSigner',
      fallback: '',
      parse: signerBeside('LOG_SM_NEXT_KEY_FILE'),
      zh: '代替 LOG_SM_NEXT_KEY_FILE 的签名服务',
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
      zh: '在数据库之外记住最后发布的检查点、以及作为见证人最后联署的检查点的文件夹；留空为 DATA_DIR。应与数据库分开备份',
      en: 'Folder that remembers, outside the database, the last checkpoint published and, as a witness, the last ones cosigned; empty: DATA_DIR. Never restore it together with the database',
    }),
    ...witnessSettings(setting),
  ]
}
