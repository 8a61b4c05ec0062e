/**
 * The references for pages, in a process of its own: Fastify with nothing but `/empty`, and `/same`, which answers the
 * bytes and headers of the file named in SAME.
 */
import { readFileSync } from 'node:fs'
import Fastify from 'fastify'

const same = JSON.parse(readFileSync(process.env.SAME ?? '', 'utf8')) as {
  headers: Record<string, string>
  body: string
}
const body = Buffer.from(same.body, 'base64')
const app = Fastify()
app.get('/empty', async () => '')
app.get('/same', async (_request, reply) => reply.headers(same.headers).send(body))
process.once('SIGTERM', () => void app.close().then(() => process.exit(0)))
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
