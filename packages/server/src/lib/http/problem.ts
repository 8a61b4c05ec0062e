import { epcisException, Problem, type ProblemKind, problems } from '@yuanliu/core'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { DatabaseUnavailable } from '../db/unavailable.ts'
import { wantsXmlProblem } from './accept.ts'
import { LIMITS } from './limits.ts'
import { problemXml } from './problem-xml.ts'

/** `zh` unless the caller prefers English. */
export function localeOf(request: FastifyRequest): 'zh' | 'en' {
  const header = request.headers['accept-language'] ?? ''
  let best: 'zh' | 'en' = 'zh'
  let bestQ = -1
  for (const part of header.split(',').slice(0, 20)) {
    const [tag = '', ...params] = part.trim().split(';')
    const q = Number(/q=([\d.]+)/.exec(params.join(';'))?.[1] ?? 1)
    const language = tag.toLowerCase().split('-')[0]
    if ((language === 'zh' || language === 'en') && q > bestQ) {
      best = language
      bestQ = q
    }
  }
  return best
}

/** Whatever was thrown, as a problem for the caller. What is not the caller's doing becomes `internal`. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof DatabaseUnavailable) {
    const detail = 'The database cannot be reached at the moment 暂时无法连接数据库'
    return new Problem('not-ready', { detail, retryAfter: 5 }, { cause: error })
  }
  const e = error as Partial<FastifyError>
  if (e.validation) {
    const place = { params: 'path', querystring: 'query', body: '', headers: 'headers' }[e.validationContext ?? 'body']
    return new Problem(e.validationContext === 'querystring' ? 'invalid-query' : 'invalid-input', {
      errors: e.validation.slice(0, LIMITS.errors).map(v => ({
        pointer: `${place ? `/${place}` : ''}${v.instancePath}`,
        message: v.message ?? 'not valid',
      })),
    })
  }
  const kind = FASTIFY_KIND[e.code ?? '']
  if (kind) return new Problem(kind, e.message ? { detail: e.message } : {})
  return new Problem('internal', {}, { cause: error })
}

const FASTIFY_KIND: Record<string, ProblemKind> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid-input',
  FST_ERR_BAD_URL: 'malformed-url',
  FST_ERR_MAX_PARAM_LENGTH: 'url-too-long',
}

/** Answers a problem document (RFC 9457); under /epcis with the names that EPCIS 2.0 fixes. */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  problem: Problem,
  publicUrl: string,
): FastifyReply {
  const { status } = problems[problem.kind]
  const locale = localeOf(request)
  const { retryAfter, ...details } = problem.details
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter))
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="yuanliu"')
  const epcis = request.url.startsWith('/epcis')
  const body = {
    type: epcis ? epcisException(problem.kind) : `${publicUrl}/problems/${problem.kind}`,
    title: problems[problem.kind][locale],
    status,
    instance: request.id,
    ...details,
  }
  reply.status(status).header('content-language', locale)
  return epcis && wantsXmlProblem(request)
    ? reply.type('application/problem+xml; charset=utf-8').send(problemXml(body))
    : reply.type('application/problem+json; charset=utf-8').send(body)
}
