import { hash } from 'node:crypto'

/** 32 hex digits under which an event id is stored: the first 16 bytes of its SHA-256. */
export function eventKey(id: string): string {
  return hash('sha256', id, 'hex').slice(0, 32)
}
