import { fileURLToPath } from 'node:url'
import { type Client, createClient, createKey, RemoteProblem, revokeKey } from '@yuanliu/core'
import type { DemoCity } from './demo/city.ts'
import { type DemoDocument, demoDocuments } from './demo/documents.ts'
import { loadDemoCity } from './demo/load-city.ts'
import { Failure, reasonsOf } from './failure.ts'
import { addCounts, countsText } from './import.ts'
import { createProgress } from './progress.ts'
import { patiently } from './retry.ts'
import { type Counts, sendDocument } from './send.ts'
import { print, type Shell, say } from './shell.ts'

/** The keys of the reporters live for one import; should it break off, they end by themselves. */
const KEY_HOURS = 1

/** The city of `data/demo`. */
export function demoCity(): DemoCity {
  return loadDemoCity(fileURLToPath(new URL('../../../data/demo', import.meta.url)))
}

/**
 * Captures the demonstration city, each document with a key of the party that reports it. A second time everything is
 * a duplicate.
 * @param admin a client whose key may create keys
 * @throws Failure where a document is refused, RemoteProblem, Unreachable
 */
export async function importCity(shell: Shell, admin: Client, city: DemoCity, signal?: AbortSignal): Promise<Counts> {
  const documents = [...demoDocuments(city)]
  const total: Counts = { accepted: 0, duplicate: 0, conflict: 0, rejected: 0 }
  const reporters = new Map<string, { id: string; client: Client }>()
  const progress = createProgress(shell.stderr, documents.length)
  print(shell.stderr, say(shell, 'demoImporting'))
  try {
    for (const [i, { reporter, document }] of documents.entries()) {
      signal?.throwIfAborted()
      progress.at(i, city.parties.get(reporter)?.name[shell.language] ?? reporter)
      let client = reporters.get(reporter)?.client
      if (!client) {
        const made = await reporterKey(shell, admin, city, reporter)
        reporters.set(reporter, made)
        client = made.client
      }
      addCounts(total, (await send(shell, client, reporter, document)).counts)
    }
  } finally {
    progress.clear()
    for (const { id } of reporters.values()) await admin.call(revokeKey, { params: { id } }).catch(() => {})
  }
  print(shell.stderr, say(shell, 'demoDone', { documents: documents.length, counts: countsText(shell, total) }))
  return total
}

/** True where the event that the city reports last is in the platform: then the others are, too. */
export async function isCityThere(admin: Client, city: DemoCity): Promise<boolean> {
  const id = lastEventId(city)
  try {
    const answer = await admin.request(`/epcis/events/${encodeURIComponent(id)}`)
    await answer.body?.cancel()
    return true
  } catch (error) {
    if (error instanceof RemoteProblem && error.status === 404) return false
    throw error
  }
}

function lastEventId(city: DemoCity): string {
  for (const { document } of [...demoDocuments(city)].reverse()) {
    const { eventList } = document.epcisBody as { eventList: { eventID?: string; errorDeclaration?: unknown }[] }
    const last = eventList.findLast(event => event.eventID && !event.errorDeclaration)
    if (last?.eventID) return last.eventID
  }
  throw new Error('data/demo: no event of the city bears an id')
}

async function reporterKey(shell: Shell, admin: Client, city: DemoCity, reporter: string) {
  const { id, key } = await patiently(shell, () =>
    admin.call(createKey, {
      body: {
        organisation: reporter,
        organisationName: city.parties.get(reporter)?.name.zh ?? reporter,
        label: 'demo',
        permissions: ['capture'],
        expires: new Date(Date.now() + KEY_HOURS * 3_600_000).toISOString(),
      },
    }),
  )
  const client = createClient({
    url: admin.url,
    key,
    language: shell.language,
    ...(shell.fetch && { fetch: shell.fetch }),
  })
  return { id, client }
}

async function send(shell: Shell, client: Client, reporter: string, document: DemoDocument['document']) {
  const text = JSON.stringify(document)
  try {
    return await patiently(shell, () => sendDocument(client, { text }))
  } catch (error) {
    if (!(error instanceof RemoteProblem) || error.status !== 400) throw error
    const reason = reasonsOf(shell, error).join('; ')
    throw new Failure('demoRefused', { document: String(document.instanceIdentifier), reporter, reason })
  }
}
