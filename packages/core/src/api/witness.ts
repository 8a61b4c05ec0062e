import Type, { type Static } from 'typebox'
import { endpoint } from './endpoint.ts'

/** Witnessing (C2SP tlog-witness): this platform cosigns checkpoints of other logs. */

export const addWitnessCheckpoint = endpoint({
  id: 'addWitnessCheckpoint',
  method: 'POST',
  path: '/witness/add-checkpoint',
  permission: null,
  summary: {
    zh: '请本平台为所见证日志的检查点联署（C2SP tlog-witness）；409 时正文为本平台已见的大小',
    en: 'Asks for a cosignature of a checkpoint of a log that is witnessed here (C2SP tlog-witness); 409 answers with the size held',
  },
  body: Type.String({ description: 'old <size>, proof lines in base64, an empty line, the signed checkpoint' }),
  accepts: ['text/plain'],
  produces: ['text/plain'],
})

export const getWitnessCheckpoint = endpoint({
  id: 'getWitnessCheckpoint',
  method: 'GET',
  path: '/witness/:log/checkpoint',
  permission: null,
  summary: {
    zh: '本平台最近联署的某日志的检查点；路径为日志名称 SHA-256 的小写十六进制',
    en: 'Newest checkpoint of a log that this platform has cosigned; the path has the lower-case hexadecimal SHA-256 of its origin',
  },
  params: Type.Object({ log: Type.String() }),
  produces: ['text/plain'],
})

/** Two checkpoints of one log, both signed by it, that cannot both be true. */
export const Fork = Type.Object({
  origin: Type.String(),
  seen: Type.String({ format: 'date-time' }),
  witness: Type.Union([Type.String(), Type.Null()], {
    description: 'who showed it; null: this platform saw it itself',
  }),
  reason: Type.String(),
  held: Type.String({ description: 'the signed checkpoint seen before' }),
  shown: Type.String({ description: 'the signed checkpoint that contradicts it' }),
  proof: Type.Union([Type.String(), Type.Null()], {
    description: 'hashes in base64, a line each: the consistency proof that shows it; null: the sizes are the same',
  }),
})
export type Fork = Static<typeof Fork>

export const getWitness = endpoint({
  id: 'getWitness',
  method: 'GET',
  path: '/api/witness',
  permission: null,
  summary: {
    zh: '本平台作为见证人：验证密钥、所见证的日志、所见的分叉及其证据',
    en: 'This platform as a witness: its verifier keys, the logs that it witnesses, forks that it has seen, with the evidence',
  },
  reply: Type.Object({
    keys: Type.Array(
      Type.Object({
        suite: Type.String(),
        name: Type.String(),
        key: Type.String({ description: 'verifier key (C2SP signed-note)' }),
        policyLine: Type.String({ description: 'line for the policy file of a log that wants to be witnessed here' }),
      }),
    ),
    logs: Type.Array(
      Type.Object({
        origin: Type.String(),
        size: Type.Union([Type.String(), Type.Null()], { description: 'in decimal; null: no checkpoint yet' }),
        root: Type.Union([Type.String(), Type.Null()]),
        cosigned: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
        forked: Type.Boolean(),
      }),
    ),
    forks: Type.Array(Fork),
  }),
})
