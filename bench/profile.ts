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
  profile.samples.forEach((id, i) => {
    const place = places.get(id) ?? '?'
    own.set(place, (own.get(place) ?? 0) + (profile.timeDeltas[i] ?? 0))
  })
  const idle = own.get('(idle) ') ?? 0
  own.delete('(idle) ')
  const busy = [...own.values()].reduce((a, b) => a + b, 0)
  const lines = [...own].sort((a, b) => b[1] - a[1]).slice(0, 40)
  process.stdout.write(`${name}: busy ${(busy / 1e6).toFixed(1)} s, idle ${(idle / 1e6).toFixed(1)} s\n`)
  for (const [place, micros] of lines) {
    process.stdout.write(`${((micros / busy) * 100).toFixed(1).padStart(6)} %  ${place}\n`)
  }
}

function placeOf(frame: Profile['nodes'][number]['callFrame']): string {
  const file = frame.url.split('/').slice(-3).join('/')
  return `${frame.functionName || '(anonymous)'} ${file ? `${file}:${frame.lineNumber + 1}` : ''}`
}
