import type { Client } from './client.ts'

/**
 * Sends documents through the real capture.
 * @param connections how many are on their way at once
 * @param headers where they are not JSON
 * Throws unless every one is taken and finished.
 */
export async function capture(
  client: Client,
  documents: Iterable<Buffer>,
  connections = 2,
  headers: Record<string, string> = {},
): Promise<void> {
  const source = documents[Symbol.iterator]()
  async function work(): Promise<void> {
    for (let next = source.next(); !next.done; next = source.next()) {
      const answer = await client.post('/epcis/capture', next.value, headers)
      if (answer.status !== 202) throw new Error(`capture: ${answer.status} ${answer.body.toString().slice(0, 500)}`)
    }
  }
  await Promise.all(Array.from({ length: connections }, work))
}

/** Capture position of a server: number of events taken. */
export async function capturePosition(client: Client): Promise<number> {
  const health = JSON.parse((await client.get('/health')).body.toString()) as { capturePosition?: number }
  return health.capturePosition ?? 0
}
