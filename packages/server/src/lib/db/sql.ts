/** One statement: text with `$n` places and its values. `name` makes the server prepare it once per connection. */
export interface Query {
  text: string
  values: unknown[]
  name?: string
}

interface Fragment {
  readonly strings: readonly string[]
  readonly values: readonly unknown[]
  readonly name?: string
  readonly make?: () => Fragment
}

const names = new WeakMap<TemplateStringsArray, string>()
let counter = 0

/**
 * SQL with values that never enter the text: sql`select * from event where key = ${key}`.
 * A value that is itself made by `sql` is spliced in as text. A statement without spliced parts is the same text at
 * every call, so it bears a name and is planned once per connection.
 */
export function sql(strings: TemplateStringsArray, ...values: unknown[]): Fragment {
  if (values.some(isFragment)) return { strings, values }
  let name = names.get(strings)
  if (!name) {
    name = `q${++counter}`
    names.set(strings, name)
  }
  return { strings, values, name }
}
export type Sql = Fragment

/** A statement that is made when it is sent: the database can begin with what was sent before (`Db.atOnce`). */
export function late(make: () => Sql): Sql {
  return { strings: [], values: [], make }
}

export function isLate({ make }: Sql): boolean {
  return make !== undefined
}

function isFragment(value: unknown): value is Fragment {
  return typeof value === 'object' && value !== null && 'strings' in value && 'values' in value
}

/** Joins fragments, e.g. conditions by ` and `. */
export function join(parts: readonly Sql[], separator: string): Sql {
  const strings = ['']
  const values: unknown[] = []
  parts.forEach((part, i) => {
    if (i > 0) strings[strings.length - 1] += separator
    values.push(part)
    strings.push('')
  })
  return { strings, values }
}

/** `a and b and c`; `true` for none. */
export function and(parts: readonly Sql[]): Sql {
  return parts.length ? join(parts, ' and ') : sql`true`
}

/**
 * The statement as the driver wants it.
 * @param named false: without a name, so that the server keeps nothing of it
 */
export function toQuery(fragment: Sql, named = true): Query {
  if (fragment.make) return toQuery(fragment.make(), named)
  const values: unknown[] = []
  const text = render(fragment, values)
  return fragment.name && named ? { text, values, name: fragment.name } : { text, values }
}

function render(fragment: Sql, values: unknown[]): string {
  let text = fragment.strings[0] ?? ''
  fragment.values.forEach((value, i) => {
    if (isFragment(value)) text += render(value, values)
    else {
      values.push(value)
      text += `$${values.length}`
    }
    text += fragment.strings[i + 1] ?? ''
  })
  return text
}
