import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ask } from '../../lib/outgoing.ts'
import { DATA } from '../../lib/paths.ts'
import { type AnchorAdapter, type AnchorClaim, bytes32 } from './adapter.ts'

/** Where WeBASE-Front is, and the contract of data/anchor/Anchor.sol. */
export interface WebaseSettings {
  /** such as http://127.0.0.1:5002/WeBASE-Front */
  url: string
  group: string
  user: string
  contract: string
}

/** WeBASE-Front itself waits 30 s for a receipt: it is to answer first. */
const LIMIT = 40_000
const BYTES = 1024 * 1024
const GATEWAY = 'WeBASE-Front'
/** Block times below this are seconds, as elsewhere; FISCO BCOS has milliseconds. */
const SECONDS_BELOW = 100_000_000_000

/**
 * A FISCO BCOS chain through WeBASE-Front's `POST /trans/handle`. The gateway holds the key that signs, and stays private.
 * HTTP 200 is no success: a reverted call and a receipt that did not come in time are 200, too, and the latter may be in a
 * block later. So nothing is concluded from an answer: what counts is read back from the contract.
 */
export function webaseAnchor(settings: WebaseSettings): AnchorAdapter {
  const contractAbi: unknown = JSON.parse(readFileSync(join(DATA, 'anchor/Anchor.abi.json'), 'utf8'))
  const { path } = JSON.parse(readFileSync(join(DATA, 'anchor/webase.json'), 'utf8')) as { path: string }
  const { url, group, user, contract } = settings

  async function call(funcName: string, funcParam: readonly string[], stop: AbortSignal): Promise<unknown> {
    const request = {
      groupId: /^\d+$/.test(group) ? Number(group) : group,
      user,
      contractName: 'Anchor',
      contractAddress: contract,
      contractAbi,
      funcName,
      funcParam,
      useCns: false,
    }
    const { status, body } = await ask(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(request)),
      limit: LIMIT,
      bytes: BYTES,
      stop,
    }).catch(error => {
      // What goes wrong is shown by /health; where the gateway is, is nobody's business.
      throw new Error((error as Error).message.replaceAll(url, GATEWAY))
    })
    const said = jsonOf(body)
    if (status !== 200) throw new Error(`${GATEWAY}: ${status} ${reasonOf(said) ?? body.toString('utf8', 0, 200)}`)
    if (said === undefined) throw new Error(`${GATEWAY}: the answer is not JSON 答复不是 JSON`)
    return said
  }

  return {
    id: 'webase',
    place: `FISCO BCOS, group ${group}, contract ${contract}`,
    async find(claim, stop) {
      const said = await call('anchored', paramsOf(claim), stop)
      const [block, time] = valuesIn(said)
      // A call that fails is one text in the place of the values.
      if (block === undefined || time === undefined || Number.isNaN(block + time))
        throw new Error(`${GATEWAY}: anchored() answered ${JSON.stringify(said).slice(0, 200)}`)
      if (block === 0) return null
      return { block, blockHash: null, transaction: null, at: time < SECONDS_BELOW ? time * 1000 : time }
    },
    async write(claim, stop) {
      const said = (await call('anchor', paramsOf(claim), stop)) as Record<string, unknown> | null
      const { status, message, statusMsg, transactionHash, blockHash } = said ?? {}
      if (numberOf(status) !== 0)
        throw new Error(
          `${GATEWAY}: ${String(status)} ${String(message ?? statusMsg ?? reasonOf(said) ?? '').slice(0, 200)}`,
        )
      return { transaction: textOf(transactionHash), blockHash: textOf(blockHash) }
    },
    async lastSize(originHash, stop) {
      const said = await call('lastSize', [bytes32(originHash)], stop)
      const [size] = valuesIn(said)
      if (size === undefined || Number.isNaN(size))
        throw new Error(`${GATEWAY}: lastSize() answered ${JSON.stringify(said).slice(0, 200)}`)
      return size
    },
    // The contract answers for exact values only.
    heads: async () => null,
  }
}

function paramsOf({ originHash, size, root, noteHash }: AnchorClaim): string[] {
  return [bytes32(originHash), String(size), bytes32(root), bytes32(noteHash)]
}

/** What a call that reads answered: numbers; none where it failed. */
function valuesIn(said: unknown): number[] {
  const values = Array.isArray(said) ? said : (said as { data?: unknown } | null)?.data
  return Array.isArray(values) ? values.map(numberOf) : []
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

function reasonOf(said: unknown): string | null {
  const { code, errorMessage } = (said ?? {}) as { code?: unknown; errorMessage?: unknown }
  return code === undefined ? null : `${String(code)} ${String(errorMessage ?? '')}`.slice(0, 200)
}

/** A number as WeBASE-Front writes it: decimal or hexadecimal, a text or not; NaN for anything else. */
function numberOf(value: unknown): number {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : Number.NaN
  return typeof value === 'string' && /^(0x[0-9a-fA-F]{1,13}|\d{1,15})$/.test(value) ? Number(value) : Number.NaN
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && /^0x[0-9a-fA-F]{1,128}$/.test(value) ? value : null
}
