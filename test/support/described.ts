import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

/** An OpenAPI description, as far as answers are held against it. */
interface Description {
  paths: Record<string, Record<string, { responses: Record<string, Told | { $ref: string }> }>>
  components: { responses: Record<string, Told> }
}
interface Told {
  headers?: Record<string, { required?: boolean }>
  content?: Record<string, { schema?: unknown }>
}

export interface Answer {
  method: string
  /** address or path, from the root of the server */
  url: string
  status: number
  headers: Headers
  text: string
}

/** Answers that any address may give at any time: none of them needs to be told of each operation. */
const AT_ANY_TIME = [429, 503]

/** Holds answers against the description that the server gives of itself. */
export function describedBy(description: Description) {
  const ajv = new Ajv2020({ strict: false, allErrors: false })
  addFormats.default(ajv)
  ajv.addSchema({ $id: 'https://here.example/description', ...description })
  const compiled = new Map<string, ValidateFunction>()
  // What is longer and has fewer places is meant before what has a place in its stead.
  const paths = Object.keys(description.paths)
    .map(path => ({ path, places: path.split('{').length, fits: fitting(path) }))
    .sort((a, b) => a.places - b.places || b.path.length - a.path.length)
  const seen = new Set<string>()

  function operationOf(method: string, url: string) {
    const path = new URL(url, 'http://here').pathname.replace(/(.)\/$/, '$1')
    const found = paths.find(({ path: p, fits }) => fits.test(path) && description.paths[p]?.[method.toLowerCase()])
    return found && { path: found.path, operation: description.paths[found.path]?.[method.toLowerCase()] }
  }

  return {
    /** operations and statuses that were held against the description: `GET /epcis 200` */
    seen,
    /** What the description does not say of an answer; null where all of it is as described. */
    fault({ method, url, status, headers, text }: Answer): string | null {
      const found = operationOf(method, url)
      const name = `${method} ${found?.path ?? url} ${status}`
      if (!found?.operation) return status === 404 || status === 405 ? null : `${name}: no such operation`
      if (AT_ANY_TIME.includes(status)) return null
      seen.add(name)
      const told = found.operation.responses[status]
      if (!told) return `${name}: no such status, ${text.slice(0, 300)}`
      const reference = '$ref' in told ? told.$ref.split('/').at(-1) : undefined
      const response = reference === undefined ? (told as Told) : description.components.responses[reference]
      const headerFault = response?.headers && faultOfHeaders(response.headers, headers, status)
      if (headerFault) return `${name}: ${headerFault}`
      const type = (headers.get('content-type') ?? '').split(';')[0]?.trim() ?? ''
      if (!response?.content) return text === '' ? null : `${name}: no content is described`
      const content = response.content[type]
      if (!content) return `${name}: ${type || 'no content'} is not described`
      if (!type.endsWith('json') || type.endsWith('ndjson')) return null
      const at =
        reference === undefined
          ? `/paths/${escaped(found.path)}/${method.toLowerCase()}/responses/${status}`
          : `/components/responses/${reference}`
      const ref = `https://here.example/description#${at}/content/${escaped(type)}/schema`
      const validate = compiled.get(ref) ?? ajv.compile({ $ref: ref })
      compiled.set(ref, validate)
      return validate(JSON.parse(text)) ? null : `${name}: ${ajv.errorsText(validate.errors)} in ${text.slice(0, 500)}`
    },
  }
}

/** A header that is described as always there and not sent; of a success, also one of EPCIS that is not described. */
function faultOfHeaders(
  described: Record<string, { required?: boolean }>,
  sent: Headers,
  status: number,
): string | undefined {
  const names = new Map(Object.entries(described).map(([name, { required }]) => [name.toLowerCase(), required]))
  const missing = [...names].find(([name, required]) => required && !sent.has(name))
  if (missing) return `no header ${missing[0]}`
  if (status > 299) return undefined
  const other = [...sent.keys()].find(name => name.startsWith('gs1-') && !names.has(name))
  return other && `header ${other} is not described`
}

function fitting(path: string): RegExp {
  const parts = path.split(/(\{\w+\})/).map(part => {
    if (part === '{rest}') return '.*'
    return part.startsWith('{') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  })
  return new RegExp(`^${parts.join('')}$`)
}

function escaped(part: string): string {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))
}
