import { existsSync, readFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { parseVerifierKey, type SuiteId, type VerifierKey } from '@yuanliu/core'
import type { Config } from '../lib/config.ts'
import { readSchemes } from '../lib/data.ts'
import { DATA } from '../lib/paths.ts'
import { nodeCrypto } from '../lib/signing/node-crypto.ts'
import { fileAnchor } from './anchor/file.ts'
import { readLogPolicy } from './cosign/policy.ts'
import { keyPath, nextKeyFile } from './keys.ts'
import { rememberedFiles } from './remembered-files.ts'
import { checkpointFolder } from './retirement.ts'
import type { Outside, Verification } from './verify.ts'

/** What whoever verifies believes, as options and a policy say. */
export interface Believing {
  /** verifier keys of logs; none: those of the settings, else the database's own */
  keys?: readonly VerifierKey[]
  /** keys of witnesses; without them those of the settings' policies */
  witnesses?: readonly VerifierKey[]
}

const SUITES: readonly SuiteId[] = ['sha256-ed25519', 'sm3-sm2']

/** What lies outside of a database by its settings: keys, files of checkpoints, keys of witnesses. @throws in words */
export async function outsideOf(config: Config, { keys = [], witnesses }: Believing): Promise<Outside> {
  return {
    codes: readSchemes(DATA, config.schemesDir),
    key: suite => keyIn(keyPath(config, suite)),
    further(suite) {
      const next = nextKeyFile(config, suite)
      const key = next === null ? null : keyIn(next)
      return key === null ? [] : [parseVerifierKey(key)]
    },
    ...(keys.length > 0 && { given: keys }),
    witnesses: witnesses ?? (await witnessesOf(config)),
    // A chain tells no roots, and what is verified offline asks nobody.
    ...(config.anchor === 'file' && config.anchorFile && { anchors: fileAnchor(config.anchorFile) }),
    files: rememberedFiles(checkpointFolder(config)),
    known: async () => [],
  }
}

/**
 * Where in the data that is verified the key lay that a log was verified by; null: it came from elsewhere.
 * @param hasFolder the data folder is part of what is verified
 */
export function placeOfKey(
  config: Config,
  { suite, keyFrom }: Verification['logs'][0],
  hasFolder: boolean,
): string | null {
  if (keyFrom === 'database') return 'log_tree'
  const path = keyPath(config, suite)
  const isInside = !/^\.\.([\\/]|$)/.test(relative(resolve(config.dataDir), resolve(path)))
  return keyFrom === 'settings' && hasFolder && isInside ? path : null
}

/** The verifier key in a key file, which is not opened; null where there is none. */
function keyIn(path: string): string | null {
  if (!existsSync(path)) return null
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as { key: string }).key
  } catch (error) {
    throw new Error(`${path}: cannot be read as a key file (${(error as Error).message}) 密钥文件无法读取`, {
      cause: error,
    })
  }
}

async function witnessesOf(config: Config): Promise<VerifierKey[]> {
  const crypto = await nodeCrypto()
  return SUITES.flatMap(suite => {
    const path = suite === 'sm3-sm2' ? config.logSmPolicy : config.logPolicy
    return path ? readLogPolicy(path, suite, crypto).policy.witnesses.map(w => w.key) : []
  })
}
