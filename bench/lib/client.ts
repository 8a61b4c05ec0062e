import { Agent, type IncomingHttpHeaders, type RequestOptions, request } from 'node:http'

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
}

export interface Client {
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  post(path: string, body: Buffer | string, headers?: Record<string, string>): Promise<Answer>
  close(): void
}

/** HTTP with connections that stay open. Every request bears the key. */
export function createClient(url: string, key: string): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const { hostname, port } = new URL(url)

  function send(method: string, path: string, headers: Record<string, string>, body?: Buffer | string) {
    const options: RequestOptions = {
      agent,
      hostname,
      port,
      method,
      path,
      headers: { authorization: `Bearer ${key}`, ...headers },
    }
    return new Promise<Answer>((resolve, reject) => {
      const sent = request(options, response => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
        )
      })
      sent.on('error', reject)
      sent.end(body)
    })
  }

  return {
    get: (path, headers = {}) => send('GET', path, headers),
    post: (path, body, headers = {}) =>
      send(
        'POST',
        path,
        { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)), ...headers },
        body,
      ),
    close: () => agent.destroy(),
  }
}
