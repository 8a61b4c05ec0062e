/** The catalogue of everything that can go wrong for a caller (RFC 9457). One entry: status, title in both languages. */
export const problems = {
  'invalid-input': { status: 400, zh: '请求不符合格式要求', en: 'The request does not have the required form' },
  'invalid-document': { status: 400, zh: '文档不符合 EPCIS 2.0', en: 'The document is not valid EPCIS 2.0' },
  'invalid-json': { status: 400, zh: '内容不是严格的 JSON', en: 'The content is not strict JSON' },
  'invalid-xml': { status: 400, zh: '内容不是可接受的 XML', en: 'The content is not XML that is taken here' },
  'invalid-query': { status: 400, zh: '查询参数有误', en: 'A query parameter is wrong' },
  'malformed-code': { status: 400, zh: '编码格式有误', en: 'The code is malformed' },
  'malformed-url': { status: 400, zh: '网址编码有误', en: 'The address is not correctly percent-encoded' },
  'signature-refused': { status: 400, zh: '签名未被接受', en: 'A signature is not accepted' },
  'signing-key-not-found': { status: 404, zh: '没有这个签名公钥', en: 'There is no such signing key' },
  'subscription-controls': { status: 400, zh: '订阅方式有误', en: 'The controls of the subscription are wrong' },
  'key-missing': { status: 401, zh: '需要访问密钥', en: 'An access key is needed' },
  'key-invalid': {
    status: 401,
    zh: '访问密钥无效、已过期或已吊销',
    en: 'The access key is unknown, expired or revoked',
  },
  'permission-missing': { status: 403, zh: '此密钥没有所需权限', en: 'This key lacks the permission' },
  'not-admitted': {
    status: 403,
    zh: '该单位尚未通过接入检查',
    en: 'The organisation has not passed the checks of admission',
  },
  'not-found': { status: 404, zh: '未找到', en: 'Not found' },
  'vocabulary-not-found': { status: 404, zh: '没有这项主数据', en: 'No master data describe this' },
  'event-not-found': { status: 404, zh: '没有这个编号的事件', en: 'No event has this id' },
  'capture-not-found': { status: 404, zh: '没有这个采集任务', en: 'There is no such capture job' },
  'query-not-found': { status: 404, zh: '没有这个命名查询', en: 'There is no query of this name' },
  'subscription-not-found': { status: 404, zh: '没有这个订阅', en: 'There is no such subscription' },
  'code-range-not-found': { status: 404, zh: '没有这段编码', en: 'There is no such range of codes' },
  'code-not-issued': { status: 404, zh: '本平台没有发放过此编码', en: 'This platform never issued this code' },
  'code-unknown': { status: 404, zh: '本平台没有此编码的记录', en: 'No records under this code on this platform' },
  'method-not-allowed': { status: 405, zh: '此地址不支持该方法', en: 'This address does not take that method' },
  'not-acceptable': { status: 406, zh: '无法提供所要求的格式', en: 'The requested form cannot be given' },
  'already-exists': { status: 409, zh: '已存在', en: 'It exists already' },
  'log-off': { status: 404, zh: '此平台未启用该日志', en: 'This platform does not keep that log' },
  'event-not-logged': {
    status: 503,
    zh: '事件尚未列入已发布的日志，请稍后再试',
    en: 'No published checkpoint covers this event yet, please try again shortly',
  },
  'content-deleted': { status: 410, zh: '事件内容已依规删除', en: 'The content of this event has been deleted' },
  'code-range-taken': {
    status: 409,
    zh: '这里的编码由另一单位领用，或写法与先前不同',
    en: 'Another organisation takes its codes here, or they were given another form before',
  },
  'code-range-full': { status: 409, zh: '编码容量不足', en: 'There are not so many codes left' },
  'code-state-conflict': { status: 409, zh: '编码状态不能这样变更', en: 'The state of a code does not allow this' },
  'request-reused': {
    status: 409,
    zh: '同一 Idempotency-Key 已用于另一请求',
    en: 'This Idempotency-Key was used for another request',
  },
  'event-duplicate': { status: 409, zh: '此事件已采集', en: 'This event has been captured already' },
  'event-conflict': { status: 409, zh: '同一编号已有另一内容的事件', en: 'Another event has this id' },
  'too-large': { status: 413, zh: '内容超过限额', en: 'The content exceeds a limit' },
  'too-many-results': { status: 413, zh: '结果超过限额', en: 'The result exceeds the limit asked for' },
  'query-too-complex': {
    status: 413,
    zh: '查询过于复杂，未能在限定时间内得出完整结果',
    en: 'The query is too complex to be answered whole in the time allowed',
  },
  'query-limit': { status: 413, zh: '命名查询超过限额', en: 'A named query or their number exceeds a limit' },
  'url-too-long': { status: 414, zh: '网址过长', en: 'The address is too long' },
  'unsupported-media-type': { status: 415, zh: '不支持的内容类型', en: 'This content type is not supported' },
  'carrier-unfit': {
    status: 422,
    zh: '此载体不适合该编码或标签纸',
    en: 'The carrier does not suit this code or this paper',
  },
  'too-many-requests': { status: 429, zh: '请求过于频繁', en: 'Too many requests' },
  internal: { status: 500, zh: '服务内部错误', en: 'An internal error' },
  'not-implemented': { status: 501, zh: '尚未提供', en: 'Not offered' },
  busy: { status: 503, zh: '系统繁忙，请稍后再试', en: 'Busy, please try again later' },
  'not-ready': { status: 503, zh: '服务未就绪', en: 'Not ready' },
} as const satisfies Record<string, { status: number; zh: string; en: string }>

export type ProblemKind = keyof typeof problems

/** A fault at a place: JSON pointer into the body, or `/query/<name>`, `/path/<name>` for parameters. */
export interface FaultAt {
  pointer: string
  message: string
  /** kind of fault, for programs: `duplicate-key`, `utf8`, … (JSON that is not strict) */
  code?: string
  /** of XML, from 1; the pointer is a path of elements then */
  line?: number
  column?: number
}

export interface ProblemDetails {
  /** what is wrong this time, in words */
  detail?: string
  errors?: FaultAt[]
  /** seconds, for 429 and 503 */
  retryAfter?: number
  [member: string]: unknown
}

/** Thrown for what a caller can cause and mend; everything else is an internal error that says nothing. */
export class Problem extends Error {
  readonly kind: ProblemKind
  readonly details: ProblemDetails

  constructor(kind: ProblemKind, details: ProblemDetails = {}, options?: ErrorOptions) {
    super(details.detail ?? problems[kind].en, options)
    this.name = 'Problem'
    this.kind = kind
    this.details = details
  }
}

/** EPCIS 2.0 REST bindings fix the names of problems under /epcis. */
const EPCIS_EXCEPTION: Partial<Record<ProblemKind, string>> = {
  'invalid-input': 'ValidationException',
  'invalid-document': 'ValidationException',
  'invalid-json': 'ValidationException',
  'invalid-xml': 'ValidationException',
  'signature-refused': 'ValidationException',
  'invalid-query': 'QueryParameterException',
  'malformed-code': 'QueryParameterException',
  'malformed-url': 'QueryParameterException',
  'key-missing': 'SecurityException',
  'key-invalid': 'SecurityException',
  'permission-missing': 'SecurityException',
  'not-admitted': 'SecurityException',
  'not-found': 'NoSuchResourceException',
  'event-not-found': 'NoSuchResourceException',
  'capture-not-found': 'NoSuchResourceException',
  'query-not-found': 'NoSuchNameException',
  'subscription-not-found': 'NoSuchResourceException',
  'subscription-controls': 'SubscriptionControlsException',
  'not-acceptable': 'NotAcceptableException',
  'already-exists': 'ResourceAlreadyExistsException',
  'event-duplicate': 'ResourceAlreadyExistsException',
  'event-conflict': 'ResourceAlreadyExistsException',
  'too-large': 'CaptureLimitExceededException',
  'too-many-results': 'QueryTooLargeException',
  'query-too-complex': 'QueryTooComplexException',
  'query-limit': 'QueryTooComplexException',
  'url-too-long': 'URITooLongException',
  'unsupported-media-type': 'UnsupportedMediaTypeException',
}

/** `epcisException:…` for a problem answered under /epcis. */
export function epcisException(kind: ProblemKind): string {
  return `epcisException:${EPCIS_EXCEPTION[kind] ?? 'ImplementationException'}`
}

/** Whether EPCIS has a name of its own for it. */
export function hasEpcisException(kind: ProblemKind): boolean {
  return EPCIS_EXCEPTION[kind] !== undefined
}
