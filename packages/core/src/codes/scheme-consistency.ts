import { type Charset, charset, firstOutside, outside } from './charset.ts'
import { makeCheck } from './checks.ts'
import type { SchemeFile, SchemePart } from './scheme-file.ts'
import { type TemplateStep, templateSteps } from './template.ts'

/**
 * What the schema of a scheme file cannot say: names that point nowhere, lengths that contradict.
 * @returns JSON pointer and words, or null
 */
export function inconsistency(file: SchemeFile): string | null {
  return faultyParts(file) ?? faultyChecks(file) ?? faultyLayouts(file) ?? faultyLink(file) ?? faultyForms(file) ?? null
}

function faultyParts({ parts }: SchemeFile): string | null {
  const names = new Set<string>()
  for (const [i, part] of parts.entries()) {
    const at = `/parts/${i}`
    if (names.has(part.name)) return `${at}/name: ${part.name} is there twice`
    names.add(part.name)
    if (part.min > part.max) return `${at}/min: greater than max`
    if ((part.charset === 'listed') !== (part.chars !== undefined)) return `${at}/chars: go with the set "listed"`
    if (part.constant !== undefined && !holds(part, part.constant)) return `${at}/constant: not a text of this part`
    const wrong = Object.keys(part.values ?? {}).find(value => !holds(part, value))
    if (wrong !== undefined) return `${at}/values: ${wrong} is not a text of this part`
  }
  return null
}

const holds = (part: SchemePart, text: string) =>
  text.length >= part.min && text.length <= part.max && outside(text, charset(part.charset, part.chars)) < 0

function faultyChecks(file: SchemeFile): string | null {
  for (const [i, use] of file.checks.entries()) {
    const at = `/checks/${i}`
    const unknown = [use.part, ...(use.over ?? [])].find(name => !file.parts.some(part => part.name === name))
    if (unknown !== undefined) return `${at}: no part is named ${unknown}`
    if (use.check === 'code-of') {
      if (use.scheme === undefined) return `${at}/scheme: code-of needs one`
      continue
    }
    try {
      const check = makeCheck(use.check, use)
      if (check.kind === 'digit' && !use.over) return `${at}/over: says what the check character is computed over`
    } catch (error) {
      return `${at}: ${(error as Error).message}`
    }
  }
  return null
}

function faultyLayouts(file: SchemeFile): string | null {
  const byName = new Map(file.parts.map(part => [part.name, part]))
  const layouts = file.layouts ?? [file.parts.map(part => `{${part.name}}`).join('')]
  const used = new Set<string>()
  const { identity } = file.forms
  for (const [i, template] of [...layouts, ...(identity === undefined ? [] : [identity])].entries()) {
    const at = i === layouts.length ? '/forms/identity' : file.layouts ? `/layouts/${i}` : '/parts'
    const steps = templateSteps(template)
    if (!steps) return `${at}: braces that do not pair`
    const seen = new Set<string>()
    for (const [n, step] of steps.entries()) {
      if ('literal' in step) continue
      const part = byName.get(step.part)
      if (!part) return `${at}: no part is named ${step.part}`
      if (seen.has(part.name)) return `${at}: ${part.name} is there twice`
      seen.add(part.name)
      if (i < layouts.length) used.add(part.name)
      if (part.min === part.max) continue
      const rest = steps.slice(n + 1).map(later => ('part' in later ? byName.get(later.part) : null))
      if (rest.every(later => later === null || (later && later.min === later.max))) continue
      if (!stops(file, part, steps[n + 1])) {
        return file.layouts
          ? `${at}: nothing says where ${part.name} ends`
          : `/parts/${file.parts.indexOf(part)}: only the last part may vary in length`
      }
    }
  }
  const lost = templateSteps(identity ?? '')?.find(s => 'part' in s && layouts.some(l => !l.includes(`{${s.part}}`)))
  if (lost) return '/forms/identity: a part of it is not in every layout'
  const breaks = new Set(layouts.map(layout => layout.split('\n').length))
  if (breaks.size > 1) return '/layouts: not all of the same number of lines'
  const idle = file.parts.find(part => !used.has(part.name))
  return idle ? `/layouts: ${idle.name} is in none` : null
}

/** Whether what follows a part of varying length is nothing that the part itself could hold. */
function stops(file: SchemeFile, part: SchemePart, next: TemplateStep | undefined): boolean {
  const set = charset(part.charset, part.chars)
  if (!next) return false
  if ('literal' in next)
    return outside(next.literal[0]!, set) === 0 && !file.normalise?.strip?.includes(next.literal[0]!)
  const following = file.parts.find(p => p.name === next.part)
  return following !== undefined && following.min > 0 && disjoint(set, charset(following.charset, following.chars))
}

function disjoint(a: Charset, b: Charset): boolean {
  return (a.beyond === 'none' || b.beyond === 'none') && a.table.every((is, c) => is === 0 || b.table[c] === 0)
}

/** A GS1 key is a path: digits of a fixed number, then one stretch that may be anything. */
function faultyLink(file: SchemeFile): string | null {
  if (!file.forms.digitalLink) {
    if (file.qualifiers.length > 0) return '/qualifiers: stand in a Digital Link only'
    return file.forms.urn ? '/forms/urn: an EPC URN needs a Digital Link form' : null
  }
  if (file.layouts) return '/layouts: a GS1 key has one'
  if (file.forms.identity !== undefined) return '/forms/identity: a GS1 key is all of it'
  const loose = file.parts.findIndex(part => part.charset !== 'digits' || part.min !== part.max)
  if (loose >= 0 && loose < file.parts.length - 1) return `/parts/${loose}: only the last part may be other than digits`
  const names = new Set(file.parts.map(part => part.name))
  const ais = new Set(file.qualifiers.map(q => q.ai))
  for (const [i, urn] of (file.forms.urn ?? []).entries()) {
    if (!names.has(urn.body)) return `/forms/urn/${i}/body: no part is named ${urn.body}`
    const unknown = urn.fields.find(field => field !== '*' && !names.has(field) && !ais.has(field))
    if (unknown !== undefined) return `/forms/urn/${i}/fields: neither part nor qualifier: ${unknown}`
  }
  return null
}

function faultyForms({ parts, forms, normalise, confidence, examples }: SchemeFile): string | null {
  const names = new Set(['code', ...parts.map(part => part.name)])
  const templates = [['/forms/text', forms.text ?? ''], ...Object.entries(forms.texts ?? {})] as [string, string][]
  for (const [name, template] of templates) {
    const at = name === '/forms/text' ? name : `/forms/texts/${name}`
    const steps = templateSteps(template)
    if (!steps) return `${at}: braces that do not pair`
    const unknown = steps.find(step => 'part' in step && !names.has(step.part))
    if (unknown && 'part' in unknown) return `${at}: no part is named ${unknown.part}`
  }
  if (firstOutside((normalise?.prefixes ?? []).map(p => p[0]).join(''), 'printable') >= 0) return '/normalise/prefixes'
  const certain = confidence === 'verified' || confidence === 'computed'
  return certain && examples.invalid.length === 0 ? '/examples/invalid: none, though this scheme can refuse' : null
}
