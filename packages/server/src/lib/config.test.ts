import { describe, expect, it } from 'vitest'
import { readConfig, SETTINGS } from './config.ts'

const WRONG: Record<string, string[]> = {
  HOST: ['   '],
  PORT: ['http', '65536', '-1', '80.5', '8080 '],
  PUBLIC_URL: [
    'example.org',
    'ftp://example.org',
    'https://u@example.org',
    'https://example.org/?a=1',
    'https://e.org/#x',
  ],
  DATA_DIR: [' '],
  SCHEMES_DIR: [' '],
  DATABASE_URL: ['mysql://u:hidden-password@h/d', 'localhost', 'postgres://u:hidden-password@h:port/d'],
  DATABASE_CONNECTIONS: ['1', '501', 'ten'],
  TRUST_PROXY: ['yes', '10.0.0', '10.0.0.0/33', '::1/129', '10.0.0.1,', '1.2.3.4/8/8'],
  YUANLIU_BOOTSTRAP_KEY: ['k'.repeat(31), `${'k'.repeat(31)} `, '钥'.repeat(32), `yls_${'k'.repeat(32)}`],
  TLS_CERT: ['/etc/ssl/cert.pem'],
  TLS_KEY: ['./key.pem'],
  CORS_ORIGINS: ['example.org', 'https://example.org/', 'https://a.example,nonsense'],
  LOG_LEVEL: ['loud', 'INFO'],
  CAPTURE_MAX_BYTES: ['1023', '1k'],
  CAPTURE_MAX_EVENTS: ['0', '100000001'],
  CAPTURE_MAX_OPEN: ['0', '10001'],
  PUBLIC_RATE: ['-1', 'fast'],
  PAGE_GRACE_MS: ['-1', '901', 'soon'],
  REGION_HEADER: ['X Region', '地区', 'a'.repeat(101)],
  REQUEST_TIMEOUT: ['0', '86401'],
  QUERY_BUDGET_MS: ['0', '600001', 'fast'],
  UNREGISTERED_PARTIES: ['refuse', 'Quarantine', 'true'],
  WEBHOOK_ALLOW: ['10.0.0.0/33', 'http://hooks.example.cn', 'a b', '-', 'host:8080'],
  SCHEDULE_TIME_ZONE: ['Asia/Atlantis', '+25:00'],
  YUANLIU_DEMO: ['maybe', '2'],
  LOG: ['on', 'sha256', 'sm3-sm2,sm3-sm2', 'off,sm3-sm2', 'SM3-SM2'],
  LOG_ORIGIN: ['https://trace.example.org/log', 'a b', 'a+b', '日\u3000志'],
  SANDBOXES: ['-1', '1001', 'many'],
  SANDBOX_EVENTS: ['0'],
  SANDBOX_MB: ['9'],
  SANDBOX_DAYS: ['0', '1.5'],
  PRODUCTION_KEYS: ['closed', 'Open'],
  LOG_KEY_FILE: [' '],
  LOG_SM_KEY_FILE: [' '],
  LOG_NEXT_KEY_FILE: [' '],
  LOG_SM_NEXT_KEY_FILE: [' '],
  LOG_SIGNER: ['/run/signer.sock', 'unix:signer.sock', 'http://127.0.0.1:9000', `unix:/${'a'.repeat(103)}`],
  LOG_SM_SIGNER: ['unix:'],
  LOG_NEXT_SIGNER: ['unix:'],
  LOG_SM_NEXT_SIGNER: ['unix:'],
  LOG_KEY_PASSPHRASE: ['too-short'],
  CHECKPOINT_STORE: [' '],
  LOG_POLICY: [' '],
  LOG_SM_POLICY: [' '],
  LOG_COSIGN_MS: ['0', '49', '3600001', 'soon'],
  WITNESS_LOGS: [' '],
  WITNESS_NAME: ['https://trace.example.org/witness', 'a b', 'a+b'],
  WITNESS_KEY_FILE: [' '],
  WITNESS_SM_KEY_FILE: [' '],
  ANCHOR: ['on', 'chain', 'FILE'],
  ANCHOR_SECONDS: ['0', '2592001', 'daily'],
  ANCHOR_FILE: [' '],
  ANCHOR_URL: ['gateway:5002', 'ftp://gateway', 'http://u:p@gateway', 'http://gateway/?a=1'],
  ANCHOR_GROUP: ['a b', 'g'.repeat(65)],
  ANCHOR_USER: ['0x1', 'd'.repeat(40), `0x${'g'.repeat(40)}`],
  ANCHOR_CONTRACT: ['0x', `0x${'1'.repeat(41)}`],
  RESTORE_POINTS: [' ', 'OFF', 'false'],
}

const RIGHT: Record<string, string[]> = {
  PORT: ['0', '65535'],
  PUBLIC_URL: ['https://trace.example.org/base/', 'http://[::1]:8080'],
  DATABASE_URL: ['postgres://u:p@h:5432/d', 'postgresql://h/d?sslmode=require', 'postgres:///d'],
  TRUST_PROXY: ['true', 'false', '2', '10.0.0.0/8, ::1', '127.0.0.1'],
  YUANLIU_BOOTSTRAP_KEY: ['k'.repeat(32)],
  CORS_ORIGINS: ['https://a.example, http://localhost:3000'],
  CAPTURE_MAX_BYTES: ['1024'],
  REQUEST_TIMEOUT: ['1', '86400'],
  UNREGISTERED_PARTIES: ['accept', 'quarantine'],
  WEBHOOK_ALLOW: ['hooks.example.cn, 10.0.0.0/8,::1, localhost'],
  SCHEDULE_TIME_ZONE: ['Asia/Shanghai', 'UTC'],
  YUANLIU_DEMO: ['true', '0'],
  LOG: ['off', 'sha256-ed25519', 'sm3-sm2, sha256-ed25519'],
  LOG_ORIGIN: ['trace.example.org/log', 'localhost:8080/日志'],
  RESTORE_POINTS: ['off', './points'],
  LOG_SIGNER: ['unix:/run/signer.sock'],
  LOG_KEY_PASSPHRASE: ['口令 of 12 characters'],
  WITNESS_NAME: ['trace.example.org/witness'],
  ANCHOR: ['off', 'file', 'webase'],
  ANCHOR_URL: ['http://127.0.0.1:5002/WeBASE-Front/', 'https://gateway.example'],
  ANCHOR_GROUP: ['1', 'group0'],
  ANCHOR_USER: [`0x${'dA'.repeat(20)}`],
  SANDBOXES: ['0', '1000'],
  PRODUCTION_KEYS: ['open', 'after-conformance'],
}

describe('readConfig', () => {
  it('has a wrong value to try for every setting', () => {
    expect(Object.keys(WRONG).sort()).toEqual(SETTINGS.map(s => s.name).sort())
  })

  it.each(Object.entries(WRONG).flatMap(([name, values]) => values.map(value => [name, value])))(
    'refuses %s=%j and names it',
    (name, value) => {
      expect(() => readConfig({ [name as string]: value })).toThrow(`${name}=`)
    },
  )

  it.each(Object.entries(RIGHT).flatMap(([name, values]) => values.map(value => [name, value])))(
    'takes %s=%j',
    (name, value) => {
      expect(() => readConfig({ [name as string]: value })).not.toThrow()
    },
  )

  it('names all that are wrong at once, and shows no secret', () => {
    const env = { PORT: 'x', REQUEST_TIMEOUT: 'y', YUANLIU_BOOTSTRAP_KEY: 'too-short-secret' }
    const secret = { DATABASE_URL: 'mysql://u:hidden-password@h/d' }
    let message = ''
    try {
      readConfig({ ...env, ...secret })
    } catch (error) {
      message = (error as Error).message
    }
    for (const name of Object.keys({ ...env, ...secret })) expect(message).toContain(`${name}=`)
    expect(message).not.toMatch(/too-short-secret|hidden-password/)
  })

  it('refuses two sources of one key: which is meant?', () => {
    for (const name of ['LOG_', 'LOG_SM_', 'LOG_NEXT_', 'LOG_SM_NEXT_']) {
      const signer = { [`${name}SIGNER`]: 'unix:/run/signer.sock' }
      expect(() => readConfig({ ...signer, [`${name}KEY_FILE`]: './key' })).toThrow(`${name}KEY_FILE names a key, too`)
      expect(() => readConfig({ ...signer, [`${name}KEY_FILE`]: '' })).not.toThrow()
    }
  })

  it('an empty variable is one that is not set', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: '' })).toEqual(readConfig({}))
    expect(readConfig({ PORT: '9000' }).publicUrl).toBe('http://localhost:9000')
  })
})
