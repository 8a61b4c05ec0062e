import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a door answers of its own instead of what the platform behind it does; null: nothing, the line is cut. */
export type Answer = { status: number; body: string | Uint8Array } | null

/**
 * A door before a platform, on a port of its own: it can be shut and opened again, and can lie.
 * @param target address of the platform, asked anew for each request
 */
export async function openDoor(target: () => string) {
  const lies = new Map<string, Answer>()
  const asked: string[] = []
  let server: Server | null = null
  let port = 0

  async function open(): Promise<void> {
    const next = createServer((request, response) => {
      void (async () => {
        const path = request.url ?? ''
        asked.push(path)
        const lie = lies.get(path)
        if (lie === null) return void response.destroy()
        const real = lie ? null : await fetch(target() + path)
        response.writeHead(lie?.status ?? real?.status ?? 0)
        response.end(lie?.body ?? Buffer.from((await real?.arrayBuffer()) ?? new ArrayBuffer(0)))
      })().catch(() => response.destroy())
    })
    await new Promise<void>(done => next.listen(port, '127.0.0.1', done))
    port = (next.address() as AddressInfo).port
    server = next
  }

  async function shut(): Promise<void> {
    const last = server
    server = null
    last?.closeAllConnections()
    await new Promise<void>(done => (last ? last.close(() => done()) : done()))
  }

  await open()
  return { url: `http://127.0.0.1:${port}`, lies, asked, open, shut }
}
