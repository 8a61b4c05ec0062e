import { TRACE_CODE_URI } from '@yuanliu/core'

/** Path of a unit's page; anything but a GS1 key goes under /t/, the platform's own trace code as it is printed. */
export function pathOfKey(key: string): string {
  if (/^\d{2,4}\//.test(key)) return `/${key}`
  return `/t/${encodeURIComponent(key.startsWith(TRACE_CODE_URI) ? key.slice(TRACE_CODE_URI.length) : key)}`
}

/** Address of a unit's page. */
export function pageOf(publicUrl: string, key: string): string {
  return publicUrl + pathOfKey(key)
}
