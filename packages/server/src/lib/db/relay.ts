import type { MessagePort } from 'node:worker_threads'
import type { Queryable } from './db.ts'
import type { Sql } from './sql.ts'

/** What a thread asks by way of a port. Statements cross without their names, which each thread counts for itself. */
type Asked = { ask: 'rows' | 'run'; statement: Statement } | { ask: 'script'; text: string }
type Statement = Pick<Sql, 'strings' | 'values'>
type Question = Asked & { n: number }
type Reply = { n: number; answer: unknown } | { n: number; fault: string }

/** Answers what a thread asks through the other end of `port`: for the embedded database, which has one connection. */
export function answerQueries(port: MessagePort, db: Queryable): void {
  const answer = (q: Question): Promise<unknown> =>
    q.ask === 'script' ? db.script(q.text) : q.ask === 'run' ? db.run(q.statement) : db.rows(q.statement)
  port.on('message', (question: Question) => {
    const { n } = question
    answer(question).then(
      given => port.postMessage({ n, answer: given } satisfies Reply),
      (error: Error) => port.postMessage({ n, fault: error.message } satisfies Reply),
    )
  })
}

/** The database that the thread at the other end of `port` holds; every statement by itself, outside of transactions. */
export function queryThrough(port: MessagePort): Queryable {
  const waiting = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>()
  let asked = 0
  port.on('message', (reply: Reply) => {
    const one = waiting.get(reply.n)
    waiting.delete(reply.n)
    if ('fault' in reply) one?.reject(new Error(reply.fault))
    else one?.resolve(reply.answer)
  })
  const ask = (question: Asked) =>
    new Promise<unknown>((resolve, reject) => {
      const n = ++asked
      waiting.set(n, { resolve, reject })
      port.postMessage({ n, ...question } satisfies Question)
    })
  async function rows<R>(statement: Sql): Promise<R[]> {
    const all = (await ask({ ask: 'rows', statement: crossing(statement) })) as Record<string, unknown>[]
    return all.map(withBuffers) as R[]
  }
  return {
    rows,
    row: async <R>(statement: Sql) => (await rows<R>(statement))[0],
    run: async statement => (await ask({ ask: 'run', statement: crossing(statement) })) as number,
    script: async text => {
      await ask({ ask: 'script', text })
    },
  }
}

function crossing({ strings, values }: Sql): Statement {
  return { strings: [...strings], values }
}

/** A Buffer crosses to another thread as plain bytes. */
function withBuffers(row: Record<string, unknown>): Record<string, unknown> {
  for (const [name, value] of Object.entries(row))
    if (value instanceof Uint8Array) row[name] = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return row
}
