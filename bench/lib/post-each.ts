import { connect } from 'node:net'

const END_OF_HEAD = '\r\n\r\n'

/**
 * Posts bodies one by one over connections that stay open, the next one when the answer is complete. Written for bare
 * sockets, because on two cores the client must cost little. Gives the milliseconds that each took, in no order.
 * Every answer must have the status expected and a Content-Length. Throws for any other.
 */
export async function postEach(
  url: string,
  path: string,
  headers: Record<string, string>,
  bodies: readonly Buffer[],
  options: { connections: number; status: number },
): Promise<number[]> {
  const { hostname, port, host } = new URL(url)
  const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  const head = `POST ${path} HTTP/1.1\r\n${lines.join('')}content-length: `
  const times: number[] = []
  let next = 0

  function work(): Promise<void> {
    const socket = connect(Number(port), hostname)
    socket.setNoDelay(true)
    return new Promise((resolve, reject) => {
      let began = 0
      let heard = ''
      function send(): void {
        const body = bodies[next++]
        if (!body) {
          socket.removeAllListeners('close')
          socket.destroy()
          resolve()
          return
        }
        began = performance.now()
        socket.write(Buffer.concat([Buffer.from(`${head}${body.length}${END_OF_HEAD}`), body]))
      }
      socket.once('error', reject)
      socket.once('close', () => reject(new Error('postEach: the server closed the connection')))
      socket.once('connect', send)
      socket.on('data', chunk => {
        heard += chunk.toString('latin1')
        const end = heard.indexOf(END_OF_HEAD)
        if (end < 0) return
        const length = /^content-length: *(\d+)/im.exec(heard.slice(0, end))?.[1]
        if (!heard.startsWith(`HTTP/1.1 ${options.status} `) || length === undefined) {
          socket.destroy()
          reject(new Error(`postEach: ${heard.slice(0, 1_000)}`))
          return
        }
        if (heard.length < end + END_OF_HEAD.length + Number(length)) return
        times.push(performance.now() - began)
        heard = ''
        send()
      })
    })
  }

  await Promise.all(Array.from({ length: options.connections }, work))
  return times
}
