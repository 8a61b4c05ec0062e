import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { Config } from './config.ts'

/** Certificate chain and private key, PEM. */
export interface Tls {
  cert: Buffer
  key: Buffer
}

/**
 * Reads what TLS_CERT and TLS_KEY name; null where neither is set. Throws an error that names the setting and the file:
 * one is missing, cannot be read, is not PEM, or the two do not belong together.
 */
export function readTls({ tlsCert, tlsKey }: Pick<Config, 'tlsCert' | 'tlsKey'>): Tls | null {
  if (tlsCert === null && tlsKey === null) return null
  if (tlsCert === null) throw new Error('TLS_KEY is set and TLS_CERT is not: HTTPS needs both 需要同时设置证书与私钥')
  if (tlsKey === null) throw new Error('TLS_CERT is set and TLS_KEY is not: HTTPS needs both 需要同时设置证书与私钥')
  const cert = read('TLS_CERT', tlsCert)
  const key = read('TLS_KEY', tlsKey)
  try {
    createSecureContext({ cert, key })
  } catch (error) {
    throw new Error(
      `TLS_CERT=${tlsCert}, TLS_KEY=${tlsKey}: not a certificate chain and its unencrypted private key in PEM 证书与私钥不匹配或格式有误 (${(error as Error).message})`,
    )
  }
  return { cert, key }
}

function read(setting: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new Error(`${setting}=${path}: the file cannot be read 无法读取文件 (${(error as Error).message})`)
  }
}
