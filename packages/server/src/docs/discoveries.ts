import { discoveryAnswers, type Endpoint, isUnder } from '@yuanliu/core'
import type { Json } from './openapi.ts'
import { headersOf } from './responses.ts'

/** Descriptions of `OPTIONS`, which every address under /epcis answers (EPCIS 2.0 §12.8), by path. */
export function discoveries(operations: readonly Endpoint[]): [path: string, operation: Json][] {
  const paths = new Map<string, Endpoint[]>()
  for (const operation of operations) {
    if (!isUnder('/epcis', operation.path) || operation.id === 'releasePageToken') continue
    paths.set(operation.path, [...(paths.get(operation.path) ?? []), operation])
  }
  return [...paths].map(([path, of]) => [path, describe(path, of)])
}

function describe(path: string, of: readonly Endpoint[]): Json {
  const [{ id }] = of as [Endpoint]
  const summary = { zh: '此地址支持的方法、版本与格式', en: 'Methods, versions and formats of the address' }
  const isGuarded = id === 'getSubscription'
  const problem = (status: number) => [status, { $ref: `#/components/responses/EpcisProblem${status}` }]
  return {
    operationId: `discover${id[0]?.toUpperCase()}${id.slice(1)}`,
    tags: ['epcis'],
    summary: `${summary.zh} ${summary.en}`,
    'x-summary': summary,
    security: isGuarded ? [{ accessKey: ['read'] }] : [],
    parameters: [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    })),
    responses: {
      204: { description: '完成，无内容 done, no content', ...headersOf(discoveryAnswers(of)) },
      ...Object.fromEntries([400, ...(isGuarded ? [401, 403, 404] : []), 406, 414, 500].map(problem)),
      default: { $ref: '#/components/responses/EpcisProblem' },
    },
  }
}
