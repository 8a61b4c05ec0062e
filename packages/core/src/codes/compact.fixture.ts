import type { SchemeFile } from './scheme-file.ts'

/** src/schemes.ts: every scheme file as one line of JSON, without what only tests and documents need. */
export function compactSchemes(files: readonly SchemeFile[]): string {
  const lines = files.map(file => {
    const short = { ...file, examples: { valid: [], invalid: [] } }
    return `  ${JSON.stringify(JSON.stringify(short))},`
  })
  return `import type { SchemeFile } from './codes/scheme-file.ts'

// Made from data/schemes by UPDATE=1 npx vitest run packages/core/src/codes/browser.test.ts

/** The schemes of data/schemes without their examples, for programs that read no files. */
export const schemes: readonly SchemeFile[] = [
${lines.join('\n')}
].map(text => JSON.parse(text) as SchemeFile)
`
}
