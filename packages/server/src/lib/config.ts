import { resolve } from 'node:path'
import { type BackupConfig, backupSettings } from './backup-settings.ts'
import { type LogConfig, logSettings } from './log-settings.ts'
import { type SandboxConfig, sandboxSettings } from './sandbox-settings.ts'
import {
  boolean,
  bootstrapKey,
  databaseUrl,
  headerName,
  hostsAndNetworks,
  integer,
  oneOf,
  origins,
  pathBeside,
  publicUrl,
  text,
  timeZone,
  trustProxy,
} from './setting-values.ts'

export interface Config extends LogConfig, SandboxConfig, BackupConfig {
  host: string
  port: number
  publicUrl: string
  dataDir: string
  schemesDir: string | null
  databaseUrl: string | null
  databaseConnections: number
  trustProxy: boolean | number | string
  tlsCert: string | null
  tlsKey: string | null
  bootstrapKey: string | null
  corsOrigins: string[]
  logLevel: string
  captureMaxBytes: number
  captureMaxEvents: number
  captureMaxOpen: number
  publicRate: number
  pageGraceMs: number
  regionHeader: string | null
  requestTimeout: number
  queryBudgetMs: number
  /** events of an organisation without a registered credit code: in force, or kept aside until it is registered */
  unregisteredParties: 'accept' | 'quarantine'
  /** hosts, addresses and networks to which webhooks may go without https and though they are not public */
  webhookAllow: string[]
  /** time zone in which schedules of subscriptions are reckoned */
  scheduleTimeZone: string
  demo: boolean
}

export interface Setting<K extends keyof Config> {
  name: string
  key: K
  fallback: string
  parse: (text: string, env: NodeJS.ProcessEnv) => Config[K]
  zh: string
  en: string
}

const MEBI = 1024 * 1024

function setting<K extends keyof Config>(s: Setting<K>): Setting<keyof Config> {
  return s as unknown as Setting<keyof Config>
}

/** Every setting, in the order of the documentation (docs/ops/settings.md is made from this table). */
export const SETTINGS = [
  setting({
    name: 'HOST',
    key: 'host',
    fallback: '127.0.0.1',
    parse: text,
    zh: '监听地址；对外服务用 0.0.0.0 或 ::',
    en: 'Address to listen on; 0.0.0.0 or :: to be reached from outside',
  }),
  setting({
    name: 'PORT',
    key: 'port',
    fallback: '8080',
    parse: integer(0, 65535),
    zh: '监听端口；0 由系统选择',
    en: 'Port; 0 lets the system choose',
  }),
  setting({
    name: 'PUBLIC_URL',
    key: 'publicUrl',
    fallback: 'http://localhost:<PORT>',
    parse: publicUrl,
    zh: '公众访问的网址，二维码与链接由此生成',
    en: 'The address people use; links and QR codes are built from it, never from the Host header',
  }),
  setting({
    name: 'DATA_DIR',
    key: 'dataDir',
    fallback: './var',
    parse: t => resolve(text(t)),
    zh: '数据目录：内嵌数据库与初始密钥',
    en: 'Folder of the embedded database and of the bootstrap key',
  }),
  setting({
    name: 'SCHEMES_DIR',
    key: 'schemesDir',
    fallback: '',
    parse: t => (t === '' ? null : resolve(text(t))),
    zh: '本地编码规则文件夹：其中的 *.json 在内置规则之外一并加载；有误则停止启动',
    en: 'Folder of further code schemes (*.json), loaded besides those built in; a wrong one stops the start',
  }),
  setting({
    name: 'DATABASE_URL',
    key: 'databaseUrl',
    fallback: '',
    parse: databaseUrl,
    zh: 'PostgreSQL 地址；留空用内嵌数据库',
    en: 'postgres://… (15 or newer); empty: the embedded database',
  }),
  setting({
    name: 'DATABASE_CONNECTIONS',
    key: 'databaseConnections',
    fallback: '10',
    parse: integer(2, 500),
    zh: 'PostgreSQL 连接数',
    en: 'Connections to PostgreSQL',
  }),
  setting({
    name: 'TRUST_PROXY',
    key: 'trustProxy',
    fallback: 'false',
    parse: trustProxy,
    zh: '反向代理：true、层数或地址列表',
    en: 'Behind a proxy: true, number of hops, or a list of addresses whose X-Forwarded-For is believed',
  }),
  setting({
    name: 'TLS_CERT',
    key: 'tlsCert',
    fallback: '',
    parse: pathBeside('TLS_KEY'),
    zh: '证书链文件（PEM）；与 TLS_KEY 同时设置则提供 HTTPS，收到 SIGHUP 时重新读取；留空用 HTTP（由反向代理提供 HTTPS）',
    en: 'File with the certificate chain (PEM); together with TLS_KEY the service speaks HTTPS and reads both again on SIGHUP; empty: HTTP, behind a proxy that speaks HTTPS',
  }),
  setting({
    name: 'TLS_KEY',
    key: 'tlsKey',
    fallback: '',
    parse: pathBeside('TLS_CERT'),
    zh: '私钥文件（PEM，未加密）',
    en: 'File with the private key of the certificate (PEM, not encrypted)',
  }),
  setting({
    name: 'YUANLIU_BOOTSTRAP_KEY',
    key: 'bootstrapKey',
    fallback: '',
    parse: bootstrapKey,
    zh: '初始管理密钥（至少 32 个字符）；留空则首次启动时生成到 DATA_DIR/bootstrap-key',
    en: 'First administration key (at least 32 characters); empty: the first start writes one to DATA_DIR/bootstrap-key',
  }),
  setting({
    name: 'CORS_ORIGINS',
    key: 'corsOrigins',
    fallback: '',
    parse: origins,
    zh: '允许跨域访问接口的来源，逗号分隔',
    en: 'Origins whose scripts may call the API, separated by commas',
  }),
  setting({
    name: 'LOG_LEVEL',
    key: 'logLevel',
    fallback: 'info',
    parse: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    zh: '日志级别',
    en: 'fatal, error, warn, info, debug, trace or silent',
  }),
  setting({
    name: 'CAPTURE_MAX_BYTES',
    key: 'captureMaxBytes',
    fallback: String(256 * MEBI),
    parse: integer(1024, 64 * 1024 * MEBI),
    zh: '一份采集文档的最大字节数',
    en: 'Bytes of one captured document',
  }),
  setting({
    name: 'CAPTURE_MAX_EVENTS',
    key: 'captureMaxEvents',
    fallback: '1000000',
    parse: integer(1, 100_000_000),
    zh: '一份采集文档的最大事件数',
    en: 'Events of one captured document',
  }),
  setting({
    name: 'CAPTURE_MAX_OPEN',
    key: 'captureMaxOpen',
    fallback: '64',
    parse: integer(1, 10_000),
    zh: '同时进行的采集数，超过则 503',
    en: 'Captures in progress in this process; more are answered 503 with Retry-After',
  }),
  setting({
    name: 'PUBLIC_RATE',
    key: 'publicRate',
    fallback: '600',
    parse: integer(0, 10_000_000),
    zh: '公众查询每地址每分钟次数；0 不限',
    en: 'Public requests per address and minute; 0: no limit',
  }),
  setting({
    name: 'PAGE_GRACE_MS',
    key: 'pageGraceMs',
    fallback: '300',
    parse: integer(0, 900),
    zh: '公众页面在多少毫秒内可不再询问数据库；0 每次都问',
    en: 'Milliseconds for which a public page is believed unchanged without asking the database; 0: ask every time',
  }),
  setting({
    name: 'REGION_HEADER',
    key: 'regionHeader',
    fallback: '',
    parse: headerName,
    zh: '由反向代理填写来访地区（六位行政区划代码）的请求头，用于扫码统计；留空则不用',
    en: 'Request header in which a proxy says the area code (six digits) of a visitor, for counting scans; empty: none',
  }),
  setting({
    name: 'REQUEST_TIMEOUT',
    key: 'requestTimeout',
    fallback: '300',
    parse: integer(1, 86_400),
    zh: '一个请求的最长秒数',
    en: 'Seconds within which a request must have been received',
  }),
  setting({
    name: 'QUERY_BUDGET_MS',
    key: 'queryBudgetMs',
    fallback: '3000',
    parse: integer(1, 600_000),
    zh: '事件查询中须逐条判断的条件，每页最多用多少毫秒；用完则返回较短的一页和翻页标记',
    en: 'Milliseconds that a page of an event query may take over conditions that are decided event by event; then a shorter page is answered, with a token to go on',
  }),
  setting({
    name: 'UNREGISTERED_PARTIES',
    key: 'unregisteredParties',
    fallback: 'accept',
    parse: oneOf('accept', 'quarantine'),
    zh: '未登记统一社会信用代码的单位上报的事件：accept 照常生效；quarantine 隔离，不进入任何追溯与公众页面，登记后自动生效',
    en: 'Events of organisations without a registered credit code: accept, in force like any other; quarantine, kept out of every trace and page until the organisation is registered (POST /api/organisations)',
  }),
  setting({
    name: 'WEBHOOK_ALLOW',
    key: 'webhookAllow',
    fallback: '',
    parse: hostsAndNetworks,
    zh: '允许 Webhook 发往的内网主机、地址或网段（逗号分隔），可用 http；其余须为公网 https 地址',
    en: 'Hosts, addresses and networks (10.1.0.0/16), separated by commas, to which webhooks may go although they are not public, and without https; all others must be https on public addresses',
  }),
  setting({
    name: 'SCHEDULE_TIME_ZONE',
    key: 'scheduleTimeZone',
    fallback: 'Asia/Shanghai',
    parse: timeZone,
    zh: '订阅定时推送所用时区',
    en: 'Time zone of the schedules of subscriptions',
  }),
  setting({
    name: 'YUANLIU_DEMO',
    key: 'demo',
    fallback: 'false',
    parse: boolean,
    zh: '每页标注“演示数据”',
    en: 'Marks every page as demonstration data (npm run demo sets it)',
  }),
  ...logSettings(setting),
  ...sandboxSettings(setting),
  ...backupSettings(setting),
] as const

/**
 * Reads the settings from environment variables.
 * Throws one error that names every variable that is wrong and says what is expected.
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const faults: string[] = []
  const entries = SETTINGS.map(s => {
    const given = env[s.name]
    try {
      return [s.key, s.parse(given === undefined || given === '' ? s.fallback : given, env)]
    } catch (error) {
      // A key or an address may hold a secret, and this goes to a log.
      const shown = /KEY$|PASSPHRASE$/.test(s.name) || s.name === 'DATABASE_URL' ? '…' : given
      faults.push(`${s.name}=${shown}: ${(error as Error).message}`)
      return [s.key, null]
    }
  })
  if (faults.length)
    throw new Error(`Settings that are wrong 设置有误:\n  ${faults.join('\n  ')}\nSee docs/ops/settings.md.`)
  return Object.fromEntries(entries) as unknown as Config
}
