import { randomUUID } from 'node:crypto'
import { Problem, type Schedule } from '@yuanliu/core'
import type { FastifyRequest } from 'fastify'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Events } from '../events/events.ts'
import { answerForm } from '../lib/http/answer-form.ts'
import { type Actor, demand } from '../lib/http/mount.ts'
import { takeOver } from '../lib/http/upgrade.ts'
import type { Controls, Live, Queries } from '../queries/queries.ts'
import { type Asked, readControls, wrong } from './draft.ts'
import type { Feed } from './feed.ts'
import { refuseLimits } from './limits.ts'
import { type Listener, startTelling } from './telling.ts'

export type Authenticate = (authorization: string | undefined) => Promise<Actor>

/** WebSockets on which events are told as they come (EPCIS 2.0 §12.7). */
export interface Sockets {
  /** Answers a request for one: 101, or throws what is wrong. */
  live: Live
  /** Ends those of a query. */
  queryDeleted(query: number): void
  open(): number
  /** Ends all. */
  stop(): Promise<void>
}

export interface SocketParts {
  events: Events
  feed: Feed
  queries: Pick<Queries, 'byId'>
  authenticate: Authenticate
  clock: () => number
  zone: string
  /** whose pages may open one, beside those of this service itself */
  origins: readonly string[]
  log: (error: unknown, about: string) => void
}

/** Sockets of one process, and of one organisation among them. */
const MOST = 1_000
const MOST_OF_ONE = 100
/** Milliseconds between looks whether the keys are still good; a key is believed for up to four seconds besides. */
const CHECK_KEY = 300
/** Milliseconds between looks whether the queries are still there. */
const CHECK_QUERY = 2_100
/** Milliseconds between pings; who has not answered one by the next is gone. */
const PING = 20_000
/** Bytes of a message to us: there is nothing to say. */
const HEARD = 1024
/** Milliseconds that a client has to say goodbye. */
const FAREWELL = 500

interface Open {
  socket: WebSocket
  query: number
  /** of the key */
  organisation: number
  authorization: string | undefined
  listener: Listener
  alive: boolean
}

export function createSockets(parts: SocketParts): Sockets {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: HEARD,
    handleProtocols: offered => (offered.has('epcis') ? 'epcis' : false),
  })
  const all = new Set<Open>()
  let timers: NodeJS.Timeout[] = []

  function watch(): void {
    if (timers.length) return
    timers = [
      every(CHECK_KEY, checkKeys),
      every(CHECK_QUERY, checkQueries),
      every(PING, async () => {
        for (const one of all) {
          if (!one.alive) one.socket.terminate()
          one.alive = false
          one.socket.ping()
        }
      }),
    ]
  }

  function every(ms: number, work: () => Promise<void>): NodeJS.Timeout {
    return setInterval(() => void work().catch(error => parts.log(error, 'sockets')), ms)
  }

  async function checkKeys(): Promise<void> {
    for (const one of all) {
      try {
        demand(await parts.authenticate(one.authorization), 'read')
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        one.socket.close(1008, '密钥已失效 the key is no longer valid')
      }
    }
  }

  async function checkQueries(): Promise<void> {
    const ids = [...new Set([...all].map(one => one.query))]
    const there = new Set((await parts.queries.byId(ids)).map(query => query.id))
    for (const id of ids) if (!there.has(id)) queryDeleted(id)
  }

  function queryDeleted(query: number): void {
    for (const one of all) if (one.query === query) one.socket.close(1000, '查询已删除 the query has been deleted')
  }

  function refuseMore(organisation: number): void {
    if (all.size >= MOST) throw new Problem('busy', { detail: `${MOST} sockets are open`, retryAfter: 30 })
    const own = [...all].filter(one => one.organisation === organisation).length
    if (own < MOST_OF_ONE) return
    const detail = `本单位已有 ${own} 个连接 the organisation has ${own} sockets open; close some`
    throw new Problem('too-many-requests', { detail, retryAfter: 30 })
  }

  const live: Live = async (request, reply, query, controls) => {
    refuseStranger(request, parts.origins)
    const asked = readControls(askedOf(controls), '/query/', '/query/')
    refuseLimits(query)
    const { follow } = parts.events
    const standing = await follow.query(query.parameters, '/query/')
    const form = answerForm(request)
    const { organisation } = request.actor as Actor
    refuseMore(organisation)
    const position = asked.since === null ? await follow.position() : await follow.positionBefore(asked.since)
    const upgrade = takeOver(request.raw)
    if (!upgrade) throw new Problem('invalid-input', { detail: 'Connection: Upgrade is missing' })
    reply.hijack()
    server.handleUpgrade(request.raw, upgrade.socket, upgrade.head, socket => {
      const listener = startTelling(
        { ...parts, socket, log: error => parts.log(error, `socket of query ${query.name}`) },
        {
          standing: { standing, organisation: query.organisation, minRecorded: asked.since },
          heading: { queryName: query.name, subscriptionID: randomUUID() },
          form,
          controls: asked,
          position,
        },
      )
      const { authorization } = request.headers
      const one: Open = { socket, query: query.id, organisation, authorization, listener, alive: true }
      all.add(one)
      watch()
      socket.on('pong', () => {
        one.alive = true
      })
      socket.on('error', () => socket.terminate())
      socket.on('close', () => {
        all.delete(one)
        listener.stop()
      })
    })
  }

  return {
    live,
    queryDeleted,
    open: () => all.size,
    async stop() {
      for (const timer of timers) clearInterval(timer)
      if (!all.size) return
      const closed = [...all].map(({ socket }) => new Promise<void>(resolve => socket.once('close', () => resolve())))
      for (const { socket } of all) socket.close(1001, '服务停止 the service is stopping')
      const force = setTimeout(() => {
        for (const { socket } of all) socket.terminate()
      }, FAREWELL)
      await Promise.all(closed)
      clearTimeout(force)
    },
  }
}

/** Programs send no Origin; a page must be of a site that the settings name. Throws 403. */
function refuseStranger(request: FastifyRequest, origins: readonly string[]): void {
  const { origin } = request.headers
  if (origin === undefined || origins.includes(origin)) return
  const detail = `Origin ${origin.slice(0, 200)}: 此来源未获允许 not among CORS_ORIGINS`
  throw new Problem('permission-missing', { detail })
}

function askedOf(controls: Controls): Asked {
  const flag = (name: string) => {
    const value = controls.get(name)
    if (value === undefined) return undefined
    if (value === 'true' || value === 'false') return value === 'true'
    throw wrong([{ pointer: `/query/${name}`, message: '应为 true 或 false true or false is expected' }])
  }
  const fields = ['second', 'minute', 'hour', 'dayOfMonth', 'month', 'dayOfWeek'].filter(name => controls.has(name))
  return {
    stream: flag('stream'),
    schedule: fields.length ? (Object.fromEntries(fields.map(f => [f, controls.get(f)])) as Schedule) : undefined,
    reportIfEmpty: flag('reportIfEmpty'),
    initialRecordTime: controls.get('initialRecordTime'),
  }
}
