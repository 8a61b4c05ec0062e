// Verifies in this browser, with core's own code, that the records of a page stand in the signed log; remembers the
// checkpoint, and says so aloud when the log is another one the next time.
import {
  checkContinuity,
  parsePolicy,
  portableCrypto,
  Refusal,
  selfTest,
  selfTestBundle,
  suite,
  tilePath,
  verifyProofBundle,
} from '@yuanliu/core'

const root = document.getElementById('check')
const words = JSON.parse(root.dataset.words)
const locale = document.documentElement.lang.startsWith('zh') ? 'zh' : 'en'
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '')
const timeText = ms => new Date(ms).toLocaleString(document.documentElement.lang)
// In both languages thousands stand apart by commas; asking the browser for them costs a phone more than the check.
const numberText = n => String(n).replace(/\B(?=(\d{3})+$)/g, ',')
const put = (name, text) => {
  root.querySelector(`[data-of=${name}]`).textContent = text
}

function show(state, why) {
  for (const part of root.querySelectorAll('[data-state]')) {
    part.hidden = part.dataset.state !== state
    if (why && !part.hidden) part.querySelector('[data-why]').textContent = `${words.why}: ${why}`
  }
  root.dataset.result = state
}

const wordsOf = error => (error instanceof Refusal ? error.words[locale] : String(error?.message ?? error))

/** Runs with what the browser has; where that lacks an algorithm, again with what is fetched for it. */
async function withCrypto(work) {
  try {
    return await run(portableCrypto())
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== 'algorithm-unavailable') throw error
    return run(portableCrypto(await import(root.dataset.curves)))
  }
  async function run(crypto) {
    performance.mark('self-test-begin')
    await selfTest(crypto)
    await selfTestBundle(crypto)
    performance.measure('self-test', 'self-test-begin')
    return work(crypto)
  }
}

async function fetchBundle() {
  const answer = await fetch(root.dataset.bundle, { headers: { accept: 'application/json' } })
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`)
  return answer.json()
}

async function check() {
  // The known answers are tried while the bundle is on its way.
  const coming = fetchBundle()
  coming.catch(() => {})
  const { bundle, crypto, found } = await withCrypto(async crypto => {
    const bundle = await coming
    performance.mark('check-begin')
    const found = await verifyProofBundle(bundle, parsePolicy(bundle.policy), crypto)
    performance.measure('check', 'check-begin')
    return { bundle, crypto, found }
  })
  const { checkpoint, cosigners, records } = found
  put('origin', checkpoint.origin)
  put('size', numberText(checkpoint.size))
  put('root', btoa(String.fromCharCode(...checkpoint.root)))
  const seen = cosigners.map(({ name, time }) => filled(words.witnessed, { name, time: timeText(Number(time) * 1000) }))
  put('witnesses', seen.join('; ') || words.nobody)
  for (const record of records) tellStep(record)
  const refused = records.find(record => record.refusal)
  const memory = await remember(bundle, found, crypto)
  put('memory', memory.text)
  if (memory.fork) return shout(memory.before, bundle.checkpoint)
  if (refused) return show('bad', refused.refusal.words[locale])
  if (memory.refusal) return show('bad', memory.refusal)
  show(bundle.unlogged.length || !records.length ? 'partly' : 'ok')
}

function tellStep({ step, opened, refusal }) {
  const item = root.querySelector(`[data-step="${step}"]`)
  if (!item) return
  const state = refusal ? 'bad' : opened.length ? 'opened' : 'ok'
  item.querySelector('.t').textContent = words.states[state]
  item.dataset.found = state
  if (refusal) item.classList.add('g')
}

/** Compares the checkpoint with the one that this device remembers of the log, and keeps the larger. */
async function remember(bundle, { checkpoint, suite: its }, crypto) {
  const name = `yuanliu-checkpoint ${checkpoint.origin}`
  const key = /^log (\S+)/m.exec(bundle.policy)?.[1] ?? ''
  const now = {
    size: String(checkpoint.size),
    root: [...checkpoint.root],
    note: bundle.checkpoint,
    key,
    seen: Date.now(),
  }
  const before = load(name)
  if (!before) {
    keep(name, now)
    return { text: words.memories.first }
  }
  const place = { size: numberText(BigInt(before.size)), time: timeText(before.seen) }
  try {
    const { tree } = suite(its.id, crypto)
    const head = { size: BigInt(before.size), root: Uint8Array.from(before.root) }
    const is = await checkContinuity(tree, head, checkpoint, tile => fetchTile(bundle, tile))
    if (is === 'grown') keep(name, now)
    const changed = before.key === key ? '' : ` ${filled(words.memories.key, place)}`
    return { text: filled(words.memories[is], place) + changed }
  } catch (error) {
    const text = filled(words.memories.fork, place)
    if (error instanceof Refusal && error.kind === 'log-forked') return { text, fork: true, before: before.note }
    return { text: `${text} ${wordsOf(error)}`, refusal: wordsOf(error) }
  }
}

/** A tile from this platform: the policy names the public address, which may not be the one that this page came from. */
async function fetchTile({ policy }, tile) {
  const url = /^log \S+ (\S+)/m.exec(policy)?.[1]
  if (!url) return null
  const { pathname } = new URL(url)
  const answer = await fetch(`${pathname}/${tilePath(tile)}`)
  if (answer.status === 404) return null
  if (!answer.ok) throw new Error(`${tilePath(tile)}: HTTP ${answer.status}`)
  return new Uint8Array(await answer.arrayBuffer())
}

function shout(before, now) {
  show('fork')
  const evidence = document.getElementById('evidence')
  evidence.querySelector('[data-note=before]').textContent = before
  evidence.querySelector('[data-note=now]').textContent = now
  evidence.hidden = false
}

function load(name) {
  try {
    const text = localStorage.getItem(name)
    return text && JSON.parse(text)
  } catch {
    return null // storage is forbidden, or holds something else
  }
}

function keep(name, value) {
  try {
    localStorage.setItem(name, JSON.stringify(value))
  } catch {
    // storage is forbidden or full: the next check begins anew
  }
}

check().catch(error => {
  const proven = error instanceof Refusal && error.kind !== 'algorithm-unavailable' && error.kind !== 'self-test'
  show(proven ? 'bad' : 'failed', wordsOf(error))
})
