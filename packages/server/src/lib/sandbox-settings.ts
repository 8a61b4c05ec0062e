import type { Config, Setting } from './config.ts'
import { integer, oneOf } from './setting-values.ts'

/** Settings of the sandboxes of organisations (docs/adr/0019). */
export interface SandboxConfig {
  /** sandboxes that this process keeps open at once; 0: there are none */
  sandboxes: number
  /** events that one may hold */
  sandboxEvents: number
  /** megabytes that one may hold */
  sandboxMegabytes: number
  /** days without use after which one is dropped */
  sandboxDays: number
  /** who gets keys with which events are captured for real */
  productionKeys: 'open' | 'after-conformance'
}

/** The rows of the table of settings that are the sandboxes'. */
export function sandboxSettings(setting: <K extends keyof Config>(s: Setting<K>) => Setting<keyof Config>) {
  return [
    setting({
      name: 'SANDBOXES',
      key: 'sandboxes',
      fallback: '8',
      parse: integer(0, 1_000),
      zh: '本进程同时打开的沙箱数（每个在 PostgreSQL 上最多另用 3 个连接）；闲置 10 分钟即关闭，用时再开；0 不提供沙箱',
      en: 'Sandboxes that this process keeps open at once, each with up to 3 connections to PostgreSQL of its own; one that is idle is closed after 10 minutes and opened again when it is used; 0: no sandboxes',
    }),
    setting({
      name: 'SANDBOX_EVENTS',
      key: 'sandboxEvents',
      fallback: '100000',
      parse: integer(1, 100_000_000),
      zh: '一个沙箱最多容纳的事件数；一份文档最多 10000 个',
      en: 'Events that a sandbox may hold; a document brings 10,000 at most',
    }),
    setting({
      name: 'SANDBOX_MB',
      key: 'sandboxMegabytes',
      fallback: '200',
      parse: integer(10, 1_000_000),
      zh: '一个沙箱最多占用的数据库空间（MB）',
      en: 'Megabytes of the database that a sandbox may take up',
    }),
    setting({
      name: 'SANDBOX_DAYS',
      key: 'sandboxDays',
      fallback: '30',
      parse: integer(1, 3_650),
      zh: '沙箱多少天未使用即删除',
      en: 'Days without use after which a sandbox is dropped',
    }),
    setting({
      name: 'PRODUCTION_KEYS',
      key: 'productionKeys',
      fallback: 'open',
      parse: oneOf('open', 'after-conformance'),
      zh: '正式采集密钥：open 直接发给；after-conformance 单位须先在沙箱中通过接入检查（POST /api/organisations/{code}/admission）',
      en: 'Keys that capture for real: open, for any organisation; after-conformance, for those whose sandbox has passed the checks of admission (POST /api/organisations/{code}/admission)',
    }),
  ]
}
