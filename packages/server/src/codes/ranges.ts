import { createHash, randomBytes } from 'node:crypto'
import { type CodeRange, type CodeRangeDraft, type Codes, encodeSerial, Problem } from '@yuanliu/core'
import { iso, now } from '../lib/clock.ts'
import type { Db, Queryable } from '../lib/db/db.ts'
import type { Actor } from '../lib/http/mount.ts'
import { capacityOf, type Form, type Formats, filled, formOf } from './formats.ts'
import { serialsOf } from './serials.ts'
import { touchClock } from './state-store.ts'
import * as store from './store.ts'

export interface RangeParts {
  db: Db
  codes: Codes
  formats: Formats
}

export interface Ranges {
  /** Hands out a range. `isNew` is false where the request was answered before under its Idempotency-Key. */
  issue(draft: CodeRangeDraft, actor: Actor, request: string | null): Promise<{ range: CodeRange; isNew: boolean }>
  list(actor: Actor, before: number | null, limit: number): Promise<CodeRange[]>
  /** A range that the caller may see. Throws 404. */
  find(id: number, actor: Actor): Promise<store.RangeAndSpace>
  present(found: store.RangeAndSpace): CodeRange
}

/** Characters of an issuer's number in a code. */
const ISSUER_LENGTH = 4
const SECRET_BYTES = 16

/** Ranges of codes, handed out without overlap whoever asks at the same time. */
export function createRanges({ db, codes, formats }: RangeParts): Ranges {
  function formatOf(space: store.SpaceRow) {
    const format = formats.get(space.scheme)
    if (!format) throw new Error(`data/issuing has no file for scheme ${space.scheme}, in which codes were issued`)
    return format
  }

  function present({ range, space }: store.RangeAndSpace): CodeRange {
    const format = formatOf(space)
    const serials = serialsOf(format, space, range)
    const codeAt = (n: number) => codes.codeOf(serials.keys(n, 1)[0]!)
    return {
      id: range.id,
      scheme: space.scheme,
      of: space.subject === '' ? null : format.of?.kind === 'unit' ? codes.codeOf(space.subject) : space.subject,
      organisation: range.organisation_code,
      label: range.label,
      style: range.secret ? 'random' : 'sequential',
      count: range.count,
      check: space.checked,
      guess: range.count / range.size,
      created: iso(range.created),
      by: range.key_id,
      first: codeAt(0),
      last: codeAt(range.count - 1),
    }
  }

  async function find(id: number, actor: Actor): Promise<store.RangeAndSpace> {
    const found = await store.findRange(db, id)
    // what belongs to others is not there, rather than forbidden
    if (!found || (found.range.organisation !== actor.organisation && !actor.permissions.has('admin')))
      throw new Problem('code-range-not-found', { detail: `There is no range ${id} of your organisation 没有此编码段` })
    return found
  }

  return {
    present,
    find,
    async list(actor, before, limit) {
      const own = actor.permissions.has('admin') ? null : actor.organisation
      return (await store.listRanges(db, own, before, limit)).map(present)
    },
    async issue(draft, actor, request) {
      const form = formOf(formats, codes, draft)
      if (draft.from !== undefined && form.sparsity > 1)
        throw new Problem('invalid-input', {
          errors: [{ pointer: '/from', message: 'only for style "sequential" 仅用于顺序号' }],
        })
      const size = form.sparsity === 1 ? draft.count : 2 ** Math.ceil(Math.log2(draft.count * form.sparsity))
      const digest = createHash('sha256')
        .update(JSON.stringify([form.format.scheme, form.subject, draft]))
        .digest()
      const made = await db.tx(async tx => {
        if (request !== null && !(await store.claimRequest(tx, actor.organisation, request, digest))) {
          const before = await store.findRequest(tx, actor.organisation, request)
          if (before?.range && before.digest.equals(digest)) return { id: before.range, fresh: null }
          throw new Problem('request-reused', { detail: `Idempotency-Key ${request}` })
        }
        const { space, start } = await takeBlock(tx, form, actor, size, draft.from ?? 0)
        const row: store.NewRange = {
          space: space.id,
          organisation: actor.organisation,
          start,
          size,
          count: draft.count,
          secret: form.style === 'random' ? randomBytes(SECRET_BYTES) : null,
          label: draft.label ?? '',
          created: now(),
          key_id: actor.keyId,
        }
        const id = await store.insertRange(tx, row)
        if (request !== null) await store.finishRequest(tx, actor.organisation, request, id)
        await touchClock(tx)
        return { id, fresh: { space, range: { ...row, id, organisation_code: actor.organisationCode } } }
      })
      return { range: present(made.fresh ?? (await find(made.id, actor))), isNew: made.fresh !== null }
    },
  }
}

/** The next numbers of a space of the organisation's; a space is begun where there is none, or none has room. */
async function takeBlock(
  tx: Queryable,
  form: Form,
  actor: Actor,
  size: number,
  from: number,
): Promise<{ space: store.SpaceRow; start: number }> {
  const tried = new Set<number>()
  async function fromSpaces() {
    for (const space of await store.spacesOf(tx, form.format.scheme, actor.organisation, form.subject)) {
      if (tried.has(space.id) || !isOfForm(space, form)) continue
      const start = await store.takeNumbers(tx, space.id, size, from)
      if (start !== null) return { space, start }
      tried.add(space.id)
    }
    return null
  }
  const there = await fromSpaces()
  if (there) return there
  await store.lockScheme(tx, form.format.scheme)
  // somebody may have begun one while we waited
  return (await fromSpaces()) ?? (await beginSpace(tx, form, actor, size, from))
}

function isOfForm(space: store.SpaceRow, form: Form): boolean {
  return space.length === lengthOf(form, space.head) && isLike(space, form)
}

function isLike(space: store.SpaceRow, form: Form): boolean {
  return space.alphabet === form.alphabet && space.checked === form.checked
}

function lengthOf(form: Form, head: string): number {
  return form.serialLength(head) + (form.checked ? 1 : 0)
}

/** Begins the next head that is nobody's. Throws 409 where others have it, or none is left with so many numbers. */
async function beginSpace(
  tx: Queryable,
  form: Form,
  actor: Actor,
  size: number,
  from: number,
): Promise<{ space: store.SpaceRow; start: number }> {
  const { format, subject } = form
  for (const template of format.heads) {
    const issuer = template.includes('{issuer}')
      ? encodeSerial('base32', await store.nextIssuer(tx), ISSUER_LENGTH)
      : ''
    const head = filled(template, subject, issuer)
    const prefix = filled(format.prefix, subject, issuer) + head
    const length = lengthOf(form, head)
    const around = await store.spacesAround(tx, format.scheme, prefix)
    refuseTaken(around, form, actor, prefix, prefix.length + length)
    // its own and used up
    if (around.some(space => space.prefix === prefix && space.length === length)) continue
    const capacity = capacityOf(form, head)
    if (from + size > capacity) throw full(form, capacity)
    const space: store.NewSpace = {
      prefix,
      length,
      scheme: format.scheme,
      subject,
      head,
      organisation: actor.organisation,
      alphabet: form.alphabet,
      checked: form.checked,
      first: from,
      next: from + size,
      capacity,
    }
    const id = await store.insertSpace(tx, space)
    return { space: { ...space, id, organisation_code: actor.organisationCode }, start: from }
  }
  throw full(form, capacityOf(form, filled(format.heads.at(-1)!, subject, '')))
}

function refuseTaken(
  around: readonly store.SpaceRow[],
  form: Form,
  actor: Actor,
  prefix: string,
  keyLength: number,
): void {
  const foreign = around.find(space => space.organisation !== actor.organisation)
  if (foreign) {
    throw new Problem('code-range-taken', {
      detail: `Codes of ${form.subject} are taken by another organisation; take them under its key 已由另一单位领用`,
    })
  }
  // of two company prefixes of which one begins the other, each would give out the other's numbers again
  const other = around.find(
    space => space.prefix.length + space.length === keyLength && (space.prefix !== prefix || !isLike(space, form)),
  )
  if (!other) return
  const how = `${other.alphabet}, ${other.checked ? 'with' : 'without'} check character`
  throw new Problem('code-range-taken', {
    detail: `Serials of this length were given out before below ${other.prefix} (${how}); ask for the same, or another length 同样长度的序列号先前已按另一写法发放`,
  })
}

function full(form: Form, capacity: number): Problem {
  const numbers = form.sparsity > 1 ? `; a random range takes ${form.sparsity} numbers for each code` : ''
  return new Problem('code-range-full', {
    detail: `Below ${form.subject || form.format.scheme} there are ${capacity} numbers of this length in all${numbers}; ask for fewer codes, longer serials or another style 请减少数量、加长序列号或换一种方式`,
  })
}
