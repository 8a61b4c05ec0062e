import { connect, withKeyHint } from './connection.ts'
import { demoHighlights } from './demo/highlights.ts'
import { demoCity, importCity } from './demo-import.ts'
import { print, type Shell, say } from './shell.ts'

export interface DemoOptions {
  /** address of the platform, before YUANLIU_URL */
  url?: string
}

/**
 * Captures the demonstration city in a running platform and lists codes to try. The key must be an administrator's.
 * @throws Failure, RemoteProblem, Unreachable
 */
export async function demoCommand(shell: Shell, { url }: DemoOptions = {}): Promise<number> {
  const city = demoCity()
  const admin = connect(shell, { ...(url !== undefined && { url }) })
  await withKeyHint(shell, () => importCity(shell, admin, city))
  printHighlights(shell, demoHighlights(city), admin.url)
  return 0
}

/** The codes that are worth a look, each with its address. */
export function printHighlights(shell: Shell, highlights: ReturnType<typeof demoHighlights>, url: string): void {
  print(shell.stdout, say(shell, 'demoTry'))
  for (const { title, code, shows } of highlights) {
    print(shell.stdout, `  ${title[shell.language]}  ${url}${code}`, `    ${shows[shell.language]}`)
  }
}
