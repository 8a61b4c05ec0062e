import { Duplex } from 'node:stream'
import type { Worker } from 'node:worker_threads'

const STARTUP_ANSWER = Buffer.from([
  // AuthenticationOk; ReadyForQuery, idle
  0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49,
])
const TERMINATE = 0x58

/**
 * The byte stream between the `pg` client and the thread that runs PGlite: what `pg` writes in one turn goes over as
 * one message, the answer comes back as one.
 */
export function embeddedStream(worker: Worker): Duplex {
  let started = false
  const stream = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      send([chunk])
      done()
    },
    writev(chunks, done) {
      send(chunks.map(c => c.chunk as Buffer))
      done()
    },
    final(done) {
      done()
    },
  })
  function send(chunks: Buffer[]) {
    if (!started) {
      started = true
      setImmediate(() => stream.push(STARTUP_ANSWER))
      return
    }
    if (chunks[0]?.[0] === TERMINATE) return
    const bytes = new Uint8Array(chunks.reduce((n, c) => n + c.length, 0))
    let at = 0
    for (const chunk of chunks) {
      bytes.set(chunk, at)
      at += chunk.length
    }
    worker.postMessage(bytes, [bytes.buffer])
  }
  worker.on('message', (message: unknown) => {
    if (message instanceof Uint8Array) stream.push(Buffer.from(message.buffer, message.byteOffset, message.byteLength))
  })
  // The thread is gone: whoever waits for an answer is told, and nobody asks again.
  worker.on('error', error => stream.destroy(error))
  worker.on('exit', () => stream.destroy())
  return Object.assign(stream, {
    connect: () => {
      setImmediate(() => stream.emit('connect'))
      return stream
    },
    setNoDelay: () => stream,
    setKeepAlive: () => stream,
    ref: () => stream,
    unref: () => stream,
  })
}
