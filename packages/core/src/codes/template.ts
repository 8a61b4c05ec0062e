/** Templates of scheme files: parts in braces, other text literally, e.g. `{body}-{group}-{check}`. */
export type TemplateStep = { part: string } | { literal: string }

/** A template's steps, null where its braces do not pair. */
export function templateSteps(template: string): TemplateStep[] | null {
  const steps: TemplateStep[] = []
  let at = 0
  while (at < template.length) {
    const open = template.indexOf('{', at)
    const until = open < 0 ? template.length : open
    if (template.slice(at, until).includes('}')) return null
    if (until > at) steps.push({ literal: template.slice(at, until) })
    if (open < 0) break
    const close = template.indexOf('}', open)
    const name = template.slice(open + 1, close)
    if (close < 0 || !/^[A-Za-z][A-Za-z0-9-]*$/.test(name)) return null
    steps.push({ part: name })
    at = close + 1
  }
  return steps
}

/** A template with its parts filled in; a part that is not there stays empty. */
export function fillTemplate(template: string, parts: Readonly<Record<string, string>>): string {
  return (templateSteps(template) ?? []).map(s => ('part' in s ? (parts[s.part] ?? '') : s.literal)).join('')
}
