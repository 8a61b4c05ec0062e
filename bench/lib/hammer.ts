import { connect, type Socket } from 'node:net'

const END_OF_HEAD = '\r\n\r\n'

/**
 * Requests a second that a server answers: the same GET again and again on connections that stay open, the next one
 * when the answer is complete. Written for bare sockets, because on two cores the client must cost little.
 * Every answer must be a 200 with Content-Length. Throws for any other.
 */
export async function hammer(
  url: string,
  path: string,
  headers: Record<string, string>,
  connections: number,
  ms: number,
): Promise<number> {
  const { hostname, port, host } = new URL(url)
  const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  const request = Buffer.from(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`)
  const began = performance.now()
  const until = began + ms
  const counts = await Promise.all(
    Array.from({ length: connections }, () => ask(connect(Number(port), hostname), request, until)),
  )
  return (counts.reduce((a, b) => a + b, 0) * 1000) / (performance.now() - began)
}

function ask(socket: Socket, request: Buffer, until: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let count = 0
    let left = 0
    let head = ''
    socket.setNoDelay(true)
    socket.once('error', reject)
    socket.once('connect', () => socket.write(request))
    socket.once('close', () => reject(new Error('hammer: the server closed the connection')))
    socket.on('data', chunk => {
      if (left > 0) left -= chunk.length
      else {
        head += chunk.toString('latin1')
        const end = head.indexOf(END_OF_HEAD)
        if (end < 0) return
        const length = /^content-length: *(\d+)/im.exec(head.slice(0, end))?.[1]
        if (!head.startsWith('HTTP/1.1 200') || length === undefined) {
          socket.destroy()
          reject(new Error(`hammer: ${head.slice(0, 300)}`))
          return
        }
        left = end + END_OF_HEAD.length + Number(length) - head.length
        head = ''
      }
      if (left > 0) return
      count++
      if (performance.now() < until) socket.write(request)
      else {
        socket.removeAllListeners('close')
        socket.destroy()
        resolve(count)
      }
    })
  })
}
