import { join } from 'node:path'
import { type Codes, type Input, type Organisation, Problem, type registerOrganisation } from '@yuanliu/core'
import { iso, now } from '../lib/clock.ts'
import { readJsonFile } from '../lib/data.ts'
import type { Db } from '../lib/db/db.ts'
import * as store from './organisation-store.ts'
import { noteRegistration } from './release.ts'
import { upsertOrganisation } from './store.ts'

export interface Organisations {
  /** Registers, or completes what is registered. Throws 400 for a wrong credit code, 409 where it is another's. */
  register(draft: Input<typeof registerOrganisation>['body']): Promise<{ organisation: Organisation; isNew: boolean }>
  list(after: string, limit: number): Promise<Organisation[]>
}

/** Organisations and who they are: one credit code names one of them (R-COD-10). */
/**
 * @param identity id of the scheme whose codes tell organisations apart (data/vocab/parties.json)
 * @param aside whether events of who has no credit code are kept aside, and who is told when some are so no longer
 */
export function createOrganisations(
  db: Db,
  codes: Pick<Codes, 'parse'>,
  identity: string,
  aside: { quarantine: boolean; released: () => void },
): Organisations {
  return {
    async register(draft) {
      const creditCode = draft.creditCode === undefined ? null : creditCodeOf(codes, identity, draft.creditCode)
      let released = 0
      const registered = await db.tx(async tx => {
        await store.lockRegistration(tx)
        const before = await store.findOrganisation(tx, draft.organisation)
        const id = await upsertOrganisation(tx, draft.organisation, draft.name ?? draft.organisation, now())
        if (creditCode !== null && !(await store.giveCreditCode(tx, id, creditCode))) {
          const first = await store.findByCreditCode(tx, creditCode)
          throw new Problem('already-exists', {
            detail: first
              ? `${creditCode} is registered for ${first.code} (${first.name}) 此代码已登记给该单位`
              : `${draft.organisation} is registered under ${before?.credit_code} 该单位已登记另一代码`,
            organisation: first?.code ?? draft.organisation,
          })
        }
        if (creditCode !== null && !before?.credit_code)
          released = await noteRegistration(tx, id, aside.quarantine && before !== undefined)
        const row = await store.findOrganisation(tx, draft.organisation)
        if (!row) throw new Error('the organisation just written is not there')
        if (before && (before.name !== row.name || before.credit_code !== row.credit_code)) await store.countChange(tx)
        return { organisation: present(row), isNew: before === undefined }
      })
      if (released) aside.released()
      return registered
    },
    async list(after, limit) {
      return (await store.listOrganisations(db, after, limit)).map(present)
    },
  }
}

function present(row: store.OrganisationRow): Organisation {
  return { organisation: row.code, name: row.name, creditCode: row.credit_code, created: iso(row.created) }
}

/** Its one spelling (GB 32100-2015). Throws 400 with what is wrong and where. */
function creditCodeOf(codes: Pick<Codes, 'parse'>, identity: string, text: string): string {
  const reading = codes.parse(identity, text)
  if (reading.ok) return reading.forms.text ?? text
  const message = `${reading.message.zh} ${reading.message.en} (${reading.reason}, ${reading.at})`
  throw new Problem('invalid-input', { errors: [{ pointer: '/creditCode', message }] })
}

/**
 * Id of the scheme of `data/vocab/parties.json`.
 * @throws an error that names the file where it is wrong or names no scheme
 */
export function readIdentityScheme(dataFolder: string, codes: Pick<Codes, 'schemes'>): string {
  const path = join(dataFolder, 'vocab/parties.json')
  const { identity } = readJsonFile(path) as { identity?: unknown }
  if (typeof identity === 'string' && codes.schemes.has(identity)) return identity
  throw new Error(`${path}#/identity: not the id of a code scheme 不是编码规则的标识`)
}
