import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { demoDocuments } from '../../packages/cli/src/demo/documents.ts'
import { demoCity } from '../../packages/cli/src/demo-import.ts'
import { type Platform, startPlatform } from './platform.ts'

/** The platform with the demonstration city, under the address that its links are built from. */
export async function startDemoPlatform(settings: Record<string, string> = {}): Promise<Platform> {
  const port = await freePort()
  const platform = await startPlatform({
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    YUANLIU_DEMO: 'true',
    ...settings,
  })
  const keys = new Map<string, string>()
  const city = demoCity()
  for (const { reporter, document } of demoDocuments(city)) {
    const key = keys.get(reporter) ?? (await platform.key(reporter))
    keys.set(reporter, key)
    await platform.capture(document, { key })
  }
  return platform
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })
}
