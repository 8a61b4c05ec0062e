import { type FaultAt, Problem } from '@yuanliu/core'
import type { FastifyRequest } from 'fastify'
import { LIMITS } from './limits.ts'

/** Members of a list unless `perPage` says otherwise (EPCIS 2.0 §12.7). */
const PER_PAGE = 30

/** What a list under /epcis is asked for. Throws 400 that names each parameter which is unknown, repeated or wrong. */
export function listPage(
  request: FastifyRequest,
  ...further: readonly string[]
): { limit: number; token: string | null } {
  const query = request.query as Record<string, unknown>
  const { perPage = String(PER_PAGE), nextPageToken = null } = query
  const errors = addressFaults(query, 'perPage', 'nextPageToken', ...further)
  const limit = /^\d{1,9}$/.test(String(perPage)) ? Number(perPage) : 0
  if (limit < 1) errors.push({ pointer: '/query/perPage', message: '应为不小于 1 的整数 a whole number, 1 or more' })
  refuse(errors)
  return { limit: Math.min(limit, LIMITS.perPage), token: nextPageToken as string | null }
}

/** Throws 400 where the address has other parameters than these, or one of them twice. */
export function onlyParameters(request: FastifyRequest, ...names: readonly string[]): void {
  refuse(addressFaults(request.query as Record<string, unknown>, ...names))
}

function addressFaults(query: Record<string, unknown>, ...names: readonly string[]): FaultAt[] {
  const errors: FaultAt[] = []
  for (const [name, value] of Object.entries(query).slice(0, LIMITS.errors)) {
    const pointer = `/query/${name.slice(0, 200).replaceAll('~', '~0').replaceAll('/', '~1')}`
    if (!names.includes(name)) errors.push({ pointer, message: '没有这个查询参数 no such parameter' })
    else if (Array.isArray(value)) errors.push({ pointer, message: '只能给一个值 one value only' })
  }
  return errors
}

function refuse(errors: FaultAt[]): void {
  const [first] = errors
  if (first) throw new Problem('invalid-query', { detail: `${first.pointer}: ${first.message}`, errors })
}
