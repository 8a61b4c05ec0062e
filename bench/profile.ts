/** Prints where the CPU profiles in a folder spent their time: `npx tsx bench/profile.ts DIR`. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Profile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[]
  samples: number[]
  timeDeltas: number[]
}

const folder = process.argv[2]
if (!folder) throw new Error('usage: npx tsx bench/profile.ts DIR')
for (const name of readdirSync(folder).filter(n => n.endsWith('.cpuprofile'))) {
  const profile = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Profile
  const places = new Map(profile.nodes.map(n => [n.id, placeOf(n.callFrame)]))
  const own = new Map<string, number>()
  const files = new Map<string, number>()
  let idle = 0
  let busy = 0
  profile.samples.forEach((id, i) => {
    const place = places.get(id) ?? { name: '?', file: '' }
    const micros = profile.timeDeltas[i] ?? 0
    if (place.name === '(idle)') {
      idle += micros
      return
    }
    busy += micros
    const full = `${place.name} ${place.file}`
    const file = place.file.replace(/:\d+$/, '') || place.name
    own.set(full, (own.get(full) ?? 0) + micros)
    files.set(file, (files.get(file) ?? 0) + micros)
  })
  process.stdout.write(`${name}: busy ${(busy / 1e6).toFixed(1)} s, idle ${(idle / 1e6).toFixed(1)} s\n`)
  print('by function', own, busy, 40)
  print('by file', files, busy, 25)
}

function print(title: string, times: Map<string, number>, busy: number, count: number): void {
  process.stdout.write(`  ${title}\n`)
  for (const [place, micros] of [...times].sort((a, b) => b[1] - a[1]).slice(0, count)) {
    process.stdout.write(`${((micros / busy) * 100).toFixed(1).padStart(6)} %  ${place}\n`)
  }
}

function placeOf(frame: Profile['nodes'][number]['callFrame']): { name: string; file: string } {
  const file = frame.url.split('/').slice(-3).join('/')
  return { name: frame.functionName || '(anonymous)', file: file ? `${file}:${frame.lineNumber + 1}` : '' }
}
