import { bootstrapPath, connect } from './connection.ts'
import { demoHighlights } from './demo/highlights.ts'
import { printHighlights } from './demo.ts'
import { demoCity, importCity, isCityThere } from './demo-import.ts'
import { print, type Shell, say } from './shell.ts'

export interface ServedDemo {
  /** where it listens */
  url: string
  /** false where the city was there already */
  imported: boolean
  /** resolves if the database is lost for good */
  lost: Promise<Error>
  stop(): Promise<void>
}

/** Demonstration data stand in a folder of their own, so that they never mix with real ones. */
const DATA_DIR = './var/demo'

/**
 * Runs the platform in this process on the embedded database, with the demonstration city, and says where to look.
 * The first start imports the city; a later one finds it there.
 * @param signal ends an import that goes on
 * @throws Error in words where a setting, the port or the folder stands in the way
 */
export async function serveDemo(shell: Shell, signal?: AbortSignal): Promise<ServedDemo> {
  const { DATABASE_URL, ...rest } = shell.env
  if (DATABASE_URL) print(shell.stderr, say(shell, 'demoNoDatabase'))
  const [{ start }, { readConfig }] = await Promise.all([
    import('@yuanliu/server/start'),
    import('@yuanliu/server/config'),
  ])
  const config = readConfig({ ...rest, DATA_DIR: rest.DATA_DIR || DATA_DIR, YUANLIU_DEMO: 'true' })
  const running = await start(config)
  try {
    const url = `http://${hostOf(config.host)}:${running.port}`
    const env = { DATA_DIR: config.dataDir, ...(config.bootstrapKey && { YUANLIU_KEY: config.bootstrapKey }) }
    const admin = connect({ ...shell, env }, { url })
    const city = demoCity()
    const isThere = await isCityThere(admin, city)
    if (isThere) print(shell.stderr, say(shell, 'demoThere'))
    else await importCity(shell, admin, city, signal)
    printHighlights(shell, demoHighlights(city), config.publicUrl)
    print(
      shell.stdout,
      config.bootstrapKey ? say(shell, 'demoKeySet') : say(shell, 'demoKey', { path: bootstrapPath(config.dataDir) }),
      say(shell, 'demoReady', { url: config.publicUrl }),
      say(shell, 'demoStop'),
    )
    return { url, imported: !isThere, lost: running.lost, stop: () => running.stop() }
  } catch (error) {
    await running.stop()
    throw error
  }
}

/** An address to reach the server from this machine, where it listens on all of them. */
function hostOf(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}
