import { readFileSync } from 'node:fs'
import { compileSchemes } from '../../packages/core/dist/codes/codes.js'

// A process of its own, without the loader that the bench runs under: measures the built package.
// In: JSON { files, texts, rounds } on standard input. Out: JSON { ours, raw } in texts a second, one number a round.
const { files, texts, rounds } = JSON.parse(readFileSync(0, 'utf8'))
const codes = compileSchemes(files)
const wrapped = texts.map(text => JSON.stringify({ a: text }))
const ours = []
const raw = []
for (let round = 0; round < rounds; round++) {
  raw.push(rate(wrapped, text => JSON.parse(text).a.length))
  ours.push(rate(texts, text => codes.identify(text).length))
}
process.stdout.write(JSON.stringify({ ours, raw }))

/** What comes out is added up, so that nothing can be left out. */
function rate(list, work) {
  let sum = 0
  const start = performance.now()
  for (const text of list) sum += work(text)
  const seconds = (performance.now() - start) / 1000
  if (sum === 0) throw new Error('nothing was read')
  return list.length / seconds
}
