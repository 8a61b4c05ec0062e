import Type, { type Static } from 'typebox'
import { endpoint } from './endpoint.ts'

/** A part of the program that follows what is captured, and where it is. */
export const LogReader = Type.Object({
  name: Type.String(),
  position: Type.Integer({ description: 'capture position up to which everything was taken' }),
  lag: Type.Integer({ description: 'capture positions that were not taken yet' }),
  followers: Type.Integer({ description: 'how many keep places of their own under this name; the last one counts' }),
  rebuilds: Type.Boolean({ description: 'whether it can begin again with the first event' }),
})
export type LogReader = Static<typeof LogReader>

export const listLogReaders = endpoint({
  id: 'listLogReaders',
  method: 'GET',
  path: '/api/log/readers',
  permission: 'admin',
  summary: { zh: '日志的读者：各自读到何处、落后多少', en: 'Readers of the log: where each is, and how far behind' },
  reply: Type.Object({
    position: Type.Integer({ description: 'capture position now' }),
    readers: Type.Array(LogReader),
  }),
})

export const rebuildLogReader = endpoint({
  id: 'rebuildLogReader',
  method: 'POST',
  path: '/api/log/readers/:name/rebuild',
  permission: 'admin',
  status: 202,
  summary: {
    zh: '令一个读者从第一个事件重新读起（其所得先清空）',
    en: 'Let a reader begin again with the first event; what it had made is thrown away first',
  },
  params: Type.Object({ name: Type.String({ minLength: 1, maxLength: 64 }) }),
  reply: LogReader,
})
