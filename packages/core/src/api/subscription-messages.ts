import Type from 'typebox'
import type { Callback } from './callback.ts'
import { EpcisQueryDocument } from './epcis.ts'

const RETRY = {
  'Retry-After': {
    zh: '秒数或时间：到时再送，至多一小时',
    en: 'seconds or a date: when to try again, within an hour',
  },
}

/** What the receiver of a subscription is sent (EPCIS 2.0 §12.7), by the name that the official OpenAPI file gives it. */
export const SUBSCRIPTION_MESSAGES: Readonly<Record<string, Callback>> = {
  querySubscriptionResults: {
    to: '{$request.body#/dest}',
    summary: {
      zh: '平台向接收方推送查询结果，逐条依次',
      en: 'The platform posts what the query finds, one message after the other',
    },
    headers: Type.Object({
      'GS1-Signature': Type.Optional(
        Type.String({
          pattern: '^t=\\d+,v1=[0-9a-f]{64}$',
          description:
            't=when it was sent (seconds),v1=HMAC-SHA-256 with signatureToken over the digits of t, a full stop and the bytes of the body; absent without a signatureToken',
        }),
      ),
      'GS1-EPCIS-Version': Type.String({ description: 'version of EPCIS of the body' }),
      'GS1-CBV-Version': Type.String({ description: 'version of the CBV of the body' }),
      'GS1-EPC-Format': Type.Enum(['Always_GS1_Digital_Link', 'Always_EPC_URN', 'Never_Translates'], {
        description: 'notation of the codes',
      }),
      'GS1-CBV-XML-Format': Type.Optional(
        Type.Enum(['Always_Web_URI', 'Always_URN', 'Never_Translates'], {
          description: 'in XML: how standard terms are written',
        }),
      ),
      Warning: Type.Optional(
        Type.String({
          description: 'codes that could not be given in the notation asked for',
        }),
      ),
      'Yuanliu-Subscription': Type.String({ format: 'uuid', description: 'the subscriptionID' }),
      'User-Agent': Type.String({ description: 'this program and its version' }),
    }),
    bodies: [
      {
        types: ['application/json', 'application/xml'],
        holds: EpcisQueryDocument,
        what: {
          zh: 'EPCISQueryDocument：相符的事件，每条至多 100 个；无确认则重送，须按 eventID 去重',
          en: 'EPCISQueryDocument: events that match, at most 100 a message; what is not acknowledged comes again: de-duplicate by eventID',
        },
      },
      {
        types: ['application/problem+json', 'application/problem+xml'],
        holds: 'problem',
        what: {
          zh: '查询已失效的原因；只送一次，随后订阅停止',
          en: 'why the query cannot be asked any more; sent once, then the subscription stops',
        },
      },
    ],
    answers: [
      { statuses: ['2XX'], does: { zh: '已收下；接着送下一条', en: 'taken; the next message follows' } },
      {
        statuses: ['413'],
        does: {
          zh: '同样的事件立即改以减半的批次重送；只有一个事件时按失败重试',
          en: 'the same events at once, half as many in a message; of a single event it is a failure and tried again',
        },
      },
      {
        statuses: ['410'],
        does: {
          zh: '接收方已停用：订阅停止，直到 POST /api/subscriptions/{id}/resend',
          en: 'gone: the subscription stops until POST /api/subscriptions/{id}/resend',
        },
      },
      {
        statuses: ['401', '403', '415'],
        does: { zh: '接收方拒收：按失败重试', en: 'refused by the receiver: a failure, tried again' },
        heeds: RETRY,
      },
      {
        statuses: ['default'],
        does: {
          zh: '其他答复（含重定向，不跟随）或十秒内无答复：失败，1 秒、2 秒、4 秒……至 15 分钟后重试；一周后停止',
          en: 'any other answer (redirects are not followed), or none in ten seconds: a failure, tried again after 1 s, 2 s, 4 s … 15 min; after a week the subscription stops',
        },
        heeds: RETRY,
      },
    ],
  },
}
