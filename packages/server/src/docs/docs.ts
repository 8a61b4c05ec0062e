import type { Mounted } from '../lib/http/server.ts'
import { type About, type OpenApi, openApi } from './openapi.ts'
import { offered } from './operations.ts'
import { apiPage, PAGE_POLICY } from './page.ts'

/** The description of all interfaces, for programs and for people; made once, of what is mounted. */
export interface Docs {
  openApi(): OpenApi
  /** OpenAPI as text */
  json(): string
  /** the page and its Content-Security-Policy */
  page(): { html: string; policy: string }
}

/** @param mounted the routes of the server, complete when the first request comes */
export function createDocs(about: About, mounted: () => readonly Mounted[]): Docs {
  const known = new Map<string, unknown>()
  function once<T>(name: string, make: () => T): T {
    if (!known.has(name)) known.set(name, make())
    return known.get(name) as T
  }
  const operations = () => once('operations', () => offered(mounted()))
  const docs: Docs = {
    openApi: () => once('openapi', () => openApi(operations(), about)),
    json: () => once('json', () => JSON.stringify(docs.openApi())),
    page: () => once('page', () => ({ html: apiPage(operations(), about), policy: PAGE_POLICY })),
  }
  return docs
}
