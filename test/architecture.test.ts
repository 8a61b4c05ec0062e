import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../packages/server/src/lib/paths.ts'

/** A file as its imports show it. */
interface Source {
  /** from the root, e.g. `packages/server/src/capture/writer.ts` */
  path: string
  text: string
  lines: number
  imports: { from: string; dynamic: boolean; typeOnly: boolean }[]
}

const IMPORT =
  /^(?:import|export)\s+(type\s)?[^'"`;]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm

function read(folder: string): Source[] {
  const root = join(ROOT, folder)
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter(name => /\.(ts|tsx|js)$/.test(name) && !name.split('/').includes('node_modules'))
    .map(name => {
      const path = join(root, name)
      const text = readFileSync(path, 'utf8')
      const imports = [...text.matchAll(IMPORT)].map(m => ({
        from: m[2] ?? m[3] ?? m[4] ?? '',
        dynamic: m[4] !== undefined,
        typeOnly: m[1] !== undefined,
      }))
      return { path: relative(ROOT, path), text, lines: text.split('\n').length - 1, imports }
    })
}

const isTest = (path: string) => /\.(test|fixture|tmp)\.\w+$/.test(path)
const all = [...read('packages/core/src'), ...read('packages/server/src'), ...read('packages/cli/src')]
const tests = read('test')
const sources = all.filter(s => !isTest(s.path))
const within = (folder: string) => sources.filter(s => s.path.startsWith(`${folder}/`))
/** The file that a relative import means, from the root; null for a package. */
const target = (s: Source, from: string) =>
  from.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(s.path), from)) : null
const SERVER = 'packages/server/src'
/** Room of a file of the server; `lib`, or '' for start, app and main. */
const roomOf = (path: string) => relative(SERVER, path).split('/').slice(0, -1)[0] ?? ''

/** Every import that `allowed` does not take, as words. */
function trespasses(files: Source[], allowed: (from: string, s: Source, i: Source['imports'][0]) => boolean): string[] {
  return files.flatMap(s => s.imports.filter(i => !allowed(i.from, s, i)).map(i => `${s.path} imports ${i.from}`))
}

describe('walls between the packages', () => {
  it('are read from real files', () => {
    expect(within('packages/core/src').length).toBeGreaterThan(20)
    expect(within(SERVER).length).toBeGreaterThan(50)
    expect(sources.flatMap(s => s.imports).length).toBeGreaterThan(300)
  })

  it('core imports itself and typebox, nothing of Node', () => {
    expect(
      trespasses(within('packages/core/src'), from => from.startsWith('.') || /^typebox(\/|$)/.test(from)),
    ).toEqual([])
  })

  it('no relative import leaves its package', () => {
    const home = (path: string) => path.split('/').slice(0, 3).join('/')
    expect(
      trespasses(sources, (from, s) => !from.startsWith('.') || home(target(s, from) ?? '') === home(s.path)),
    ).toEqual([])
  })

  it('server sees core; cli sees core, and the server only when it is asked to run one', () => {
    const ours = (from: string) => from.startsWith('@yuanliu/')
    expect(trespasses(within(SERVER), from => !ours(from) || from === '@yuanliu/core')).toEqual([])
    expect(
      trespasses(
        within('packages/cli/src'),
        (from, _s, i) =>
          !ours(from) ||
          /^@yuanliu\/core(\/schemes)?$/.test(from) ||
          (/^@yuanliu\/server\/(start|config|log|signing|backup)$/.test(from) && (i.dynamic || i.typeOnly)),
      ),
    ).toEqual([])
  })

  it('imports name real files, with their extension', () => {
    const paths = new Set(all.map(s => s.path))
    expect(trespasses(sources, (from, s) => !from.startsWith('.') || paths.has(target(s, from) ?? ''))).toEqual([])
  })
})

describe('walls inside the server', () => {
  const server = within(SERVER)

  it('lib knows no room', () => {
    const lib = server.filter(s => roomOf(s.path) === 'lib')
    expect(trespasses(lib, (from, s) => !from.startsWith('.') || roomOf(target(s, from) ?? '') === 'lib')).toEqual([])
  })

  it('a room is entered by the file of its own name', () => {
    const rooms = server.filter(s => !['lib', ''].includes(roomOf(s.path)))
    expect(
      trespasses(rooms, (from, s) => {
        const to = target(s, from)
        if (to === null || ['lib', roomOf(s.path)].includes(roomOf(to))) return true
        return basename(to, '.ts') === roomOf(to)
      }),
    ).toEqual([])
  })

  it('app.ts alone sees the routes of the rooms', () => {
    const seesRoutes = (s: Source) => s.imports.some(i => basename(i.from) === 'routes.ts')
    expect(server.filter(seesRoutes).map(s => s.path)).toEqual([`${SERVER}/app.ts`])
  })

  it('SQL stands in stores and under lib', () => {
    const outside = server.filter(s => roomOf(s.path) !== 'lib' && !/store\.ts$/.test(s.path))
    expect(
      outside.filter(s => /\bsql`/.test(s.text) || s.imports.some(i => /\/db\/sql\.ts$/.test(i.from))).map(s => s.path),
    ).toEqual([])
  })

  it('no code scheme is named: schemes are data', () => {
    const names = readdirSync(join(ROOT, 'data/schemes'))
      .filter(f => f.endsWith('.json'))
      .map(f => basename(f, '.json'))
    expect(names.length).toBeGreaterThan(10)
    const named = new RegExp(`['"\`/.](${names.join('|')})['"\`/]`, 'i')
    const found = server.flatMap(s =>
      code(s.text)
        .split('\n')
        .filter(line => named.test(line))
        .map(line => `${s.path}: ${line.trim()}`),
    )
    expect(found).toEqual([])
  })
})

describe('SQL that a cluster of PostgreSQL with Citus would refuse (docs/adr/0003)', () => {
  const DISTRIBUTED = ['event', 'event_unit', 'event_block', 'log_entry']
  const isDistributed = (table: string | undefined) => DISTRIBUTED.includes(table ?? '')
  const migrations = readdirSync(join(ROOT, 'migrations'))
    .filter(f => f.endsWith('.sql'))
    .map(f => ({
      path: `migrations/${f}`,
      text: readFileSync(join(ROOT, 'migrations', f), 'utf8').replace(/--.*$/gm, ''),
    }))
  const statements = [
    ...migrations.flatMap(m => m.text.split(';').map(text => ({ path: m.path, text }))),
    ...within(SERVER).flatMap(s =>
      [...s.text.matchAll(/\bsql`([^`]*)`/g)].map(m => ({ path: s.path, text: m[1] ?? '' })),
    ),
  ].map(s => ({ ...s, text: s.text.toLowerCase().replace(/\s+/g, ' ') }))

  it('is looked for where it would stand', () => {
    expect(statements.filter(s => /\bevent_unit\b/.test(s.text)).length).toBeGreaterThan(2)
  })

  it('no foreign keys, triggers or unique constraints beside the distribution column', () => {
    const wrong = statements.filter(({ text }) => {
      const table = /(?:create table(?: if not exists)?|alter table(?: only)?) (\w+)/.exec(text)?.[1]
      if (isDistributed(table) && /\breferences\b|\bforeign key\b/.test(text)) return true
      if (/\breferences (event|event_unit|event_block|log_entry)\b/.test(text)) return true
      return isDistributed(/create (?:constraint )?trigger .* on (\w+)/.exec(text)?.[1])
    })
    expect(wrong).toEqual([])
  })

  it('no rows of distributed tables are locked one by one', () => {
    const wrong = statements.filter(
      ({ text }) => /\bfor (no key )?update\b/.test(text) && tablesOf(text).some(isDistributed),
    )
    expect(wrong).toEqual([])
  })

  it('no joins between tables of different distribution but those with a reason', () => {
    const found = new Set(
      statements
        .map(({ path, text }) => ({ path, tables: [...new Set(tablesOf(text).filter(isDistributed))].sort() }))
        .filter(s => s.tables.length > 1)
        .map(s => `${s.path}: ${s.tables.join(', ')}`),
    )
    expect([...found].filter(f => !(f in JOINS))).toEqual([])
  })

  function tablesOf(text: string): string[] {
    return [...text.matchAll(/\b(?:from|join|update|into) (\w+)/g)].map(m => m[1] ?? '')
  }
})

describe('shape of the files', () => {
  it('no cycles', () => {
    const graph = new Map(
      sources.map(s => [
        s.path,
        // What is imported as a type is gone when the program runs.
        s.imports.filter(i => !i.typeOnly).flatMap(i => target(s, i.from) ?? []),
      ]),
    )
    const cycles: string[] = []
    const done = new Set<string>()
    function visit(path: string, way: string[]) {
      if (way.includes(path)) {
        cycles.push([...way.slice(way.indexOf(path)), path].map(p => p.replace('packages/', '')).join(' → '))
        return
      }
      if (done.has(path)) return
      for (const next of graph.get(path) ?? []) visit(next, [...way, path])
      done.add(path)
    }
    for (const path of graph.keys()) visit(path, [])
    expect(cycles).toEqual([])
  })

  it('no file over 300 lines', () => {
    const long = [...all, ...tests].filter(s => s.lines > 300 && !(s.path in LONG))
    expect(long.map(s => `${s.path}: ${s.lines}`)).toEqual([])
  })

  it('no barrels but the entry of core, and no drawers', () => {
    const names = sources.map(s => s.path)
    expect(names.filter(n => basename(n) === 'index.ts')).toEqual(['packages/core/src/index.ts'])
    expect(names.filter(n => /\b(utils?|helpers?|common|misc)\b/.test(n))).toEqual([])
    const spelled = /^(?:[a-z0-9]+(?:-[a-z0-9]+)*)(?:\.(?:test|fixture|tmp|d|zh|en))?\.(?:ts|tsx|js)$/
    expect(all.map(s => basename(s.path)).filter(n => !spelled.test(n))).toEqual([])
  })
})

/** Files over 300 lines that are allowed to be, with the reason. */
const LONG: Record<string, string> = {}

/** Joins across distributions that are allowed, with the reason. */
const JOINS: Record<string, string> = {
  [`${SERVER}/trace/store.ts: event, event_unit`]:
    'one round trip a level on a database of one node; the two-step form beside it is the one for a cluster',
}

/** A text without comments. */
function code(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
}
