import Type, { type Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { ListPage, QueryOwner } from './queries.ts'
import { SUBSCRIPTION_MESSAGES } from './subscription-messages.ts'

const Field = Type.Optional(
  Type.Union([Type.String({ minLength: 1, maxLength: 400 }), Type.Integer()], {
    description: 'numbers and ranges divided by commas: 0,15,[30-45]',
  }),
)

/** When a query is run, EPCIS 2.0 §8.2.5.3: a time at which every field given matches. */
export const Schedule = Type.Object(
  { second: Field, minute: Field, hour: Field, dayOfMonth: Field, month: Field, dayOfWeek: Field },
  { additionalProperties: false, minProperties: 1 },
)
export type Schedule = Static<typeof Schedule>

export const SubscriptionDraft = Type.Object(
  {
    dest: Type.String({ minLength: 1, maxLength: 2_048, description: 'where messages are posted to' }),
    signatureToken: Type.Optional(
      Type.String({ minLength: 1, maxLength: 1_024, description: 'key of the signatures; never shown again' }),
    ),
    // The official schema of a subscription demands `secret` and describes `signatureToken`.
    secret: Type.Optional(Type.String({ minLength: 1, maxLength: 1_024, description: 'the same as signatureToken' })),
    initialRecordTime: Type.Optional(Type.String({ maxLength: 64, description: 'ISO 8601 instant; default: now' })),
    reportIfEmpty: Type.Optional(Type.Boolean()),
    schedule: Type.Optional(Schedule),
    stream: Type.Optional(Type.Boolean()),
    epcFormat: Type.Optional(
      Type.Enum(['No_Preference', 'Always_GS1_Digital_Link', 'Always_EPC_URN', 'Never_Translates']),
    ),
    mediaType: Type.Optional(
      Type.Enum(['application/json', 'application/xml'], {
        description: 'of the messages; absent: XML where GS1-CBV-XML-Format is sent, else JSON',
      }),
    ),
    cbvXmlFormat: Type.Optional(Type.Enum(['No_Preference', 'Always_Web_URI', 'Always_URN', 'Never_Translates'])),
  },
  { additionalProperties: false },
)
export type SubscriptionDraft = Static<typeof SubscriptionDraft>

/** A subscription as EPCIS 2.0 §12.7 shows it; without the key of its signatures. */
export const Subscription = Type.Object({
  subscriptionID: Type.String(),
  queryName: Type.String(),
  dest: Type.String(),
  createdAt: Type.String(),
  stream: Type.Optional(Type.Literal(true)),
  schedule: Type.Optional(Schedule),
  reportIfEmpty: Type.Optional(Type.Boolean()),
  initialRecordTime: Type.Optional(Type.String()),
  minRecordTime: Type.Optional(Type.String({ description: 'no event recorded before this is still to be sent' })),
  lastNotifiedAt: Type.Optional(Type.String({ description: 'when the receiver last said 2xx' })),
  epcFormat: Type.String(),
  mediaType: Type.String({ description: 'of the messages' }),
  cbvXmlFormat: Type.Optional(Type.String({ description: 'how standard terms are written in XML' })),
  signed: Type.Boolean({ description: 'a signatureToken was given' }),
})
export type Subscription = Static<typeof Subscription>

/** How the delivery of a subscription goes. */
export const SubscriptionState = Type.Object({
  ...Subscription.properties,
  organisation: Type.String(),
  createdBy: Type.String({ description: 'id of the key' }),
  state: Type.Enum(['active', 'retrying', 'dead']),
  position: Type.Integer({ description: 'capture position up to which everything has been dealt with' }),
  lag: Type.Integer({ description: 'events captured since, whether they match or not' }),
  delivered: Type.Integer({ description: 'events sent' }),
  batch: Type.Integer({ description: 'events in one message, at most; less after a 413' }),
  attempts: Type.Integer({ description: 'failures since the last success' }),
  failingSince: Type.Union([Type.String(), Type.Null()]),
  nextAttempt: Type.Union([Type.String(), Type.Null()]),
  nextRun: Type.Union([Type.String(), Type.Null()]),
  lastSuccess: Type.Union([Type.String(), Type.Null()]),
  lastError: Type.Union([Type.String(), Type.Null()]),
  lastErrorAt: Type.Union([Type.String(), Type.Null()]),
})
export type SubscriptionState = Static<typeof SubscriptionState>

const Of = Type.Object({ name: Type.String({ minLength: 1, maxLength: 400 }) })
const One = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 400 }),
  id: Type.String({ maxLength: 400, description: 'subscriptionID, a UUID; anything else is 404' }),
})

export const createSubscription = endpoint({
  id: 'createSubscription',
  method: 'POST',
  path: '/epcis/queries/:name/subscriptions',
  permission: 'read',
  summary: { zh: '订阅查询结果（Webhook）', en: 'Subscribe to the results of a query (webhook)' },
  params: Of,
  query: QueryOwner,
  body: SubscriptionDraft,
  reply: Subscription,
  status: 201,
  answers: { Location: 'the subscription' },
  callbacks: SUBSCRIPTION_MESSAGES,
})

export const listSubscriptions = endpoint({
  id: 'listSubscriptions',
  method: 'GET',
  path: '/epcis/queries/:name/subscriptions',
  permission: 'read',
  summary: { zh: '一个查询的订阅', en: 'Subscriptions of a query' },
  params: Of,
  query: Type.Object({ ...ListPage.properties, ...QueryOwner.properties }),
  reply: Type.Array(Subscription),
})

export const getSubscription = endpoint({
  id: 'getSubscription',
  method: 'GET',
  path: '/epcis/queries/:name/subscriptions/:id',
  permission: 'read',
  summary: { zh: '一个订阅', en: 'One subscription' },
  params: One,
  query: QueryOwner,
  reply: Subscription,
})

export const deleteSubscription = endpoint({
  id: 'deleteSubscription',
  method: 'DELETE',
  path: '/epcis/queries/:name/subscriptions/:id',
  permission: 'read',
  summary: { zh: '退订', en: 'End a subscription' },
  params: One,
  query: QueryOwner,
  status: 204,
})

export const listSubscriptionStates = endpoint({
  id: 'listSubscriptionStates',
  method: 'GET',
  path: '/api/subscriptions',
  permission: 'read',
  summary: {
    zh: '本单位的订阅及其投递情况：落后多少、上次成功、上次错误',
    en: "The organisation's subscriptions and how they go: lag, last success, last error; all of them for admin",
  },
  query: ListPage,
  reply: Type.Object({ subscriptions: Type.Array(SubscriptionState) }),
})

export const resendSubscription = endpoint({
  id: 'resendSubscription',
  method: 'POST',
  path: '/api/subscriptions/:id/resend',
  permission: 'read',
  summary: {
    zh: '恢复已停止的订阅并立即重试；给出 since 则从该记录时间起重新发送',
    en: 'Take a dead subscription up again and try at once; with `since`, send again what was recorded from then on',
  },
  params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
  body: Type.Object(
    { since: Type.Optional(Type.String({ maxLength: 64, description: 'record time, ISO 8601 instant' })) },
    { additionalProperties: false },
  ),
  reply: SubscriptionState,
})
