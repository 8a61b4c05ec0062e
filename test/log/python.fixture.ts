import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { SuiteId } from '@yuanliu/core'

/** The verifiers in Python beside this file, written from the documentation alone, and what they need of the machine. */

type Program = 'verify_log' | 'verify_signature'

const works = (command: string, ...args: string[]) => {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const missing = !works('python3', '--version')
  ? 'python3 is not installed'
  : works('openssl', 'version')
    ? ''
    : 'openssl is not installed'
const hasSm3 = !missing && works('python3', '-c', "import hashlib; hashlib.new('sm3')")

/** Why a suite cannot be tried here; empty where it can. */
export function lacking(suite: SuiteId): string {
  return missing || (suite === 'sm3-sm2' && !hasSm3 ? "python3's hashlib has no sm3" : '')
}

// Where everything has to be tried, nothing drops out.
if (process.env.CI && lacking('sm3-sm2')) throw new Error(`${lacking('sm3-sm2')}: .ci/run installs what is needed`)

/** Suites as describe.each takes them: name, what is said of it, whether it is skipped. */
export const SUITES = (['sha256-ed25519', 'sm3-sm2'] as const).map(suite => {
  const why = lacking(suite)
  return { suite, isSkipped: why !== '', title: why ? `${suite} (skipped: ${why})` : suite }
})

const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' }
const EACH = `
import contextlib, importlib, io, json, sys
sys.path.insert(0, sys.argv[1])
program, said = importlib.import_module(sys.argv[2]), []
for arguments in json.load(open(sys.argv[3])):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = program.main(arguments)
    said.append((str(code) + ' ' + out.getvalue()).strip())
print(json.dumps(said))
`

/** A folder of files for the verifiers, and what they say of them. */
export function verifiers() {
  const folder = mkdtempSync(join(tmpdir(), 'yuanliu-independent-'))
  return {
    folder,
    /** Writes a file of the folder; gives its path. */
    file(name: string, content: string | Uint8Array | object): string {
      const isText = typeof content === 'string' || content instanceof Uint8Array
      writeFileSync(join(folder, name), isText ? content : JSON.stringify(content))
      return join(folder, name)
    },
    /** What a program says when it is run as people run it. */
    async run(program: Program, ...args: string[]): Promise<string> {
      const path = join(import.meta.dirname, `${program}.py`)
      const running = promisify(execFile)('python3', [path, ...args], { env })
      const { stdout, code } = await running.then(
        ({ stdout }) => ({ stdout, code: 0 }),
        (error: { stdout: string; code: number }) => error,
      )
      if (code !== Number(stdout.startsWith('REFUSED: '))) throw new Error(`exit code ${code}: ${stdout}`)
      return stdout.trim()
    },
    /** The same of many arguments, in one process: exit code and what is said. */
    async each(program: Program, all: string[][]): Promise<string[]> {
      const cases = join(folder, 'cases')
      writeFileSync(cases, JSON.stringify(all))
      const { stdout } = await promisify(execFile)('python3', ['-c', EACH, import.meta.dirname, program, cases], {
        env,
      })
      return JSON.parse(stdout)
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
