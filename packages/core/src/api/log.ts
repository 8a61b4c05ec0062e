import Type, { type Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { Fork } from './witness.ts'

/** Names of the suites, as docs/adr/0012 has them. */
const SuiteName = Type.Enum(['sha256-ed25519', 'sm3-sm2'])

/** One log of the platform: a suite with its origin, key and the size that a published checkpoint covers. */
export const LogOf = Type.Object({
  suite: SuiteName,
  origin: Type.String(),
  key: Type.String({ description: 'verifier key (C2SP signed-note): name+key id+base64' }),
  url: Type.String({ description: 'prefix under which checkpoint and tiles are served' }),
  size: Type.Integer({ description: 'entries that the checkpoint shown covers' }),
})
export type LogOf = Static<typeof LogOf>

export const getLog = endpoint({
  id: 'getLog',
  method: 'GET',
  path: '/api/log',
  permission: null,
  summary: { zh: '可验证日志：名称、验证密钥、大小', en: 'The logs of this platform: origins, verifier keys, sizes' },
  reply: Type.Object({ logs: Type.Array(LogOf) }),
})

const EventPart = {
  event: Type.String({ minLength: 1, maxLength: 8_192, description: 'id of the event' }),
  part: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 32_767, default: 0, description: '0 the event, 1… its error declarations' }),
  ),
}

export const getLogProof = endpoint({
  id: 'getLogProof',
  method: 'GET',
  path: '/api/log/proof',
  permission: null,
  summary: {
    zh: '事件列入日志的证明文件（c2sp.org/tlog-proof@v1），extra 行为日志条目',
    en: 'Proof that an event stands in the log (.tlog-proof, c2sp.org/tlog-proof@v1); the extra line holds the entry',
  },
  query: Type.Object({
    ...EventPart,
    suite: Type.Optional(SuiteName),
    cosigned: Type.Optional(
      Type.Boolean({
        description: 'only under a checkpoint whose cosignatures meet the policy; 503 until there is one',
      }),
    ),
  }),
})

/** How it stands with the witnesses of one log. */
export const LogWitnesses = Type.Object({
  suite: SuiteName,
  size: Type.Integer({ description: 'entries that the checkpoint shown covers' }),
  cosigned: Type.Union([Type.Integer(), Type.Null()], {
    description: 'entries of the newest checkpoint whose cosignatures meet the policy',
  }),
  witnesses: Type.Array(
    Type.Object({
      name: Type.String(),
      key: Type.String({ description: 'name and key id' }),
      url: Type.String(),
      held: Type.Integer({ description: 'entries that it holds, as far as is known' }),
      cosigned: Type.Union([
        Type.Object({ size: Type.Integer(), at: Type.String({ format: 'date-time' }) }),
        Type.Null(),
      ]),
      error: Type.Union([Type.String(), Type.Null()], { description: 'why it did not cosign when it was asked last' }),
      alarm: Type.Union([
        Type.Object({
          kind: Type.Enum(['ahead', 'refused']),
          size: Type.Union([Type.Integer(), Type.Null()]),
          proved: Type.Boolean({ description: "whether the log's own signature shows it" }),
        }),
        Type.Null(),
      ]),
    }),
  ),
})
export type LogWitnesses = Static<typeof LogWitnesses>

export const getLogWitnesses = endpoint({
  id: 'getLogWitnesses',
  method: 'GET',
  path: '/api/log/witnesses',
  permission: null,
  summary: {
    zh: '各日志的见证人：联署到哪里、为何未联署、告警与分叉证据',
    en: 'The witnesses of the logs: how far each has cosigned, why not, alarms, and forks with the evidence',
  },
  reply: Type.Object({ logs: Type.Array(LogWitnesses), forks: Type.Array(Fork) }),
})

/** What opens the commitment of an entry (docs/adr/0011). Bytes are base64. */
export const LogOpening = Type.Object({
  event: Type.String(),
  part: Type.Integer(),
  index: Type.Integer({ description: 'of the entry, from 0' }),
  entry: Type.String({ description: 'the entry, as the bundle has it' }),
  salt: Type.String(),
  bytes: Type.String({ description: 'the event, exactly as received' }),
  mediaType: Type.String(),
  context: Type.Union([Type.String(), Type.Null()], {
    description: "JSON text of the document's @context; null: it had none, and the field has no bytes",
  }),
  receivedAt: Type.String({ description: 'microseconds since 1970-01-01T00:00:00Z' }),
  reporter: Type.String({ description: 'code of the organisation whose key brought it' }),
})
export type LogOpening = Static<typeof LogOpening>

export const getLogOpening = endpoint({
  id: 'getLogOpening',
  method: 'GET',
  path: '/api/log/opening',
  permission: 'read',
  summary: {
    zh: '打开日志承诺所需的一切：事件原文、盐值与收录情况',
    en: 'What opens the commitment of an event: its bytes as received, the salt and the circumstances',
  },
  query: Type.Object(EventPart),
  reply: LogOpening,
})

/** A checkpoint that was written down elsewhere, and read back. */
export const LogAnchor = Type.Object({
  suite: SuiteName,
  origin: Type.String(),
  size: Type.Integer(),
  root: Type.String({ description: '0x and 64 hexadecimal digits' }),
  originHash: Type.String({ description: 'hash of the origin, with the hash of the suite' }),
  noteHash: Type.String({ description: 'hash of the checkpoint below, every byte of it' }),
  checkpoint: Type.String({ description: 'the signed note that was anchored' }),
  adapter: Type.Enum(['file', 'webase']),
  place: Type.String({ description: 'gateway, group and contract; or the file' }),
  block: Type.Union([Type.Integer(), Type.Null()]),
  blockHash: Type.Union([Type.String(), Type.Null()]),
  transaction: Type.Union([Type.String(), Type.Null()]),
  at: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
    description: 'time that the place itself gives',
  }),
  readBack: Type.String({ format: 'date-time', description: 'when this platform read it back' }),
})
export type LogAnchor = Static<typeof LogAnchor>

export const getLogAnchors = endpoint({
  id: 'getLogAnchors',
  method: 'GET',
  path: '/api/log/anchors',
  permission: null,
  summary: {
    zh: '检查点的锚定记录：链、区块、时间；index 给出首个覆盖该条目的锚定',
    en: 'Anchored checkpoints, newest first: chain, block, time; with index the first that covers that entry',
  },
  query: Type.Object({
    suite: Type.Optional(SuiteName),
    index: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
    perPage: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 30 })),
  }),
  reply: Type.Object({
    adapter: Type.Union([Type.String(), Type.Null()], { description: 'null: checkpoints are not anchored now' }),
    anchors: Type.Array(LogAnchor),
  }),
})

/** What opens the entry of a record in a bundle; the rest of `LogOpening` stands beside it. */
export const RecordOpening = Type.Omit(LogOpening, ['index', 'entry'])
export type RecordOpening = Static<typeof RecordOpening>

/** One record of a bundle: where its entry stands, and the proof of it. */
export const BundleRecord = Type.Object({
  step: Type.Integer({ description: 'its place in `steps` of the public answer' }),
  about: Type.Object(
    {
      time: Type.String(),
      step: Type.Union([Type.String(), Type.Null()]),
      reporter: Type.String(),
      recorded: Type.String(),
    },
    { description: 'what the page shows of it: words of the platform, which only an opening proves' },
  ),
  index: Type.Integer({ description: 'of the entry, from 0' }),
  entry: Type.String({ description: 'the entry, as the bundle of the log has it (base64)' }),
  path: Type.Array(Type.String({ description: 'base64 of 32 bytes' }), {
    description: 'inclusion proof (RFC 9162), sibling of the leaf first',
  }),
  opening: Type.Optional(RecordOpening),
})
export type BundleRecord = Static<typeof BundleRecord>

/** Proofs that the records behind a page stand in the log: docs/design/proof-bundle.md. */
export const ProofBundle = Type.Object({
  format: Type.Literal('yuanliu-proof-bundle/1'),
  code: Type.String({ description: 'canonical code of the unit whose records these are' }),
  page: Type.String({ description: 'its page' }),
  suite: SuiteName,
  policy: Type.String({
    description: 'C2SP tlog-policy as the platform offers it: verifier keys of log and witnesses',
  }),
  checkpoint: Type.String({ description: 'the signed note (C2SP tlog-checkpoint), for all records' }),
  shownSince: Type.String({
    description: 'since when the process that answers has shown it or a newer one, by its clock',
  }),
  records: Type.Array(BundleRecord),
  unlogged: Type.Array(Type.Integer(), {
    description: 'steps without a proof here: not yet under a checkpoint, or beyond the number that one bundle holds',
  }),
})
export type ProofBundle = Static<typeof ProofBundle>

export const getLogBundle = endpoint({
  id: 'getLogBundle',
  method: 'GET',
  path: '/api/log/bundle',
  permission: null,
  summary: {
    zh: '某编码全部公开环节的证据包；带有 read 权限的密钥时附原文与盐值',
    en: 'Proofs of all steps that the page of a code shows; with a key that may read, their bytes and salts as well',
  },
  query: Type.Object({
    code: Type.String({ minLength: 1, maxLength: 4_096, description: 'in any notation' }),
    suite: Type.Optional(SuiteName),
  }),
  reply: ProofBundle,
})

/** A log of this platform that has ended. Notes are C2SP signed notes. */
export const RetiredLog = Type.Object({
  suite: SuiteName,
  origin: Type.String(),
  key: Type.String({ description: 'verifier key of the log that ended; empty where it was not known any more' }),
  size: Type.Integer({ description: 'entries of its last checkpoint that was published' }),
  checkpoint: Type.String({ description: 'that checkpoint, as it was signed' }),
  newOrigin: Type.String({ description: 'the log that goes on' }),
  newKey: Type.String({ description: 'verifier key of the log that goes on' }),
  statement: Type.String({
    description: 'signed note: says all this, and why; by the new key, and the old one where it was there',
  }),
  retired: Type.String({ description: 'ISO 8601' }),
})
export type RetiredLog = Static<typeof RetiredLog>

export const getRetiredLogs = endpoint({
  id: 'getRetiredLogs',
  method: 'GET',
  path: '/log/retired',
  permission: null,
  summary: {
    zh: '已终止的日志：最后的检查点、签名声明、由哪个日志接续',
    en: 'Logs of this platform that have ended: the last checkpoint, the signed statement, the log that goes on',
  },
  reply: Type.Object({ retired: Type.Array(RetiredLog) }),
})

export const deleteEventContent = endpoint({
  id: 'deleteEventContent',
  method: 'DELETE',
  path: '/api/events/:id/content',
  permission: 'admin',
  summary: {
    zh: '依规删除已列入日志的事件的内容，不可恢复；日志条目保留，另记墓碑条目说明由谁、因何、依据什么',
    en: 'Delete the content of a logged event for good; its log entry stays, and a tombstone entry says by whom, why and on what ground',
  },
  params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 8_192, description: 'id of the event' }) }),
  body: Type.Object(
    {
      reason: Type.Enum(['retention-ended', 'personal-data', 'by-order'], {
        description: 'its retention has ended; personal data; by order of an authority',
      }),
      ground: Type.String({
        minLength: 1,
        maxLength: 2_000,
        description: 'on what ground, in words: rule, request or order; kept, and shown to who verifies the log',
      }),
      part: EventPart.part,
    },
    { additionalProperties: false },
  ),
  reply: Type.Object({
    event: Type.String(),
    part: Type.Integer(),
    index: Type.Integer({ description: 'of the log entry whose content is gone, from 0' }),
  }),
})
