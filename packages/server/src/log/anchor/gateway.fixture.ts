import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How the gateway behaves at the next call that writes. */
export type Mood =
  /** a receipt, as of a chain in order */
  | 'well'
  /** HTTP 200 with a receipt that did not come in time; the call is in a block all the same */
  | 'late'
  /** the call is in a block, and the connection breaks before the answer */
  | 'cut'
  /** the user's key is not there: nothing was sent */
  | 'keyless'
  /** a proxy's page */
  | 'page'
  /** says that all is well, and nothing is on the chain */
  | 'lying'

interface Call {
  groupId: unknown
  user: string
  contractName: string
  contractAddress: string
  contractAbi: { name: string; type: string }[]
  funcName: string
  funcParam: string[]
  useCns: boolean
}

/** WeBASE-Front 1.5 before a chain that has data/anchor/Anchor.sol: answers in its shapes, keeps the contract's rules. */
export async function startGateway() {
  const entries = new Map<string, { root: string; noteHash: string; block: number; time: number }>()
  const sizes = new Map<string, bigint>()
  const gateway = { url: '', mood: 'well' as Mood, calls: [] as Call[], entries, close }
  let height = 8

  /** The contract: null, or why it reverts. */
  function anchor([origin = '', size = '', root = '', noteHash = '']: string[]): string | null {
    const key = `${origin} ${size}`
    const known = entries.get(key)
    if (known) return known.root === root ? null : 'Anchor: another root for this size'
    if (BigInt(size) <= (sizes.get(origin) ?? -1n)) return 'Anchor: the log has shrunk'
    sizes.set(origin, BigInt(size))
    entries.set(key, { root, noteHash, block: height + 1, time: 1_790_529_911_979 + height })
    return null
  }

  function handle(call: Call): { status: number; body: unknown } | 'cut' {
    gateway.calls.push(call)
    const abi = call.contractAbi.find(f => f.type === 'function' && f.name === call.funcName)
    if (!abi)
      return { status: 422, body: { code: 201151, data: null, errorMessage: `Invalid method ${call.funcName}` } }
    if (call.funcName === 'anchored') {
      const [origin, size, root, noteHash] = call.funcParam
      const known = entries.get(`${origin} ${size}`)
      const is = known?.root === root && known?.noteHash === noteHash
      return { status: 200, body: is ? [String(known?.block), String(known?.time)] : ['0', '0'] }
    }
    if (call.funcName === 'lastSize') return { status: 200, body: [String(sizes.get(call.funcParam[0] ?? '') ?? 0n)] }
    const { mood } = gateway
    if (mood === 'keyless')
      return { status: 422, body: { code: 201015, data: null, errorMessage: "user's privateKey is null" } }
    if (mood === 'page') return { status: 200, body: undefined }
    const reverted = mood === 'lying' ? null : anchor(call.funcParam)
    height++
    if (mood === 'cut') return 'cut'
    if (mood === 'late')
      return {
        status: 200,
        body: {
          transactionHash: null,
          blockNumber: '0',
          status: '50001',
          statusOK: false,
          message: 'Transaction receipt timeout',
        },
      }
    const receipt = {
      transactionHash: `0x${'a'.repeat(64)}`,
      blockHash: `0x${'b'.repeat(64)}`,
      blockNumber: String(height),
    }
    return reverted
      ? {
          status: 200,
          body: { ...receipt, status: '0x16', statusMsg: 'RevertInstruction', statusOK: false, message: reverted },
        }
      : { status: 200, body: { ...receipt, status: '0x0', statusOK: true, message: 'Success' } }
  }

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    if (request.method !== 'POST' || request.url !== '/WeBASE-Front/trans/handle') return response.writeHead(404).end()
    const said = handle(JSON.parse(Buffer.concat(chunks).toString()))
    if (said === 'cut') return request.socket.destroy()
    response.writeHead(said.status, { 'content-type': 'application/json' })
    return response.end(said.body === undefined ? '<html>504</html>' : JSON.stringify(said.body))
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  gateway.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/WeBASE-Front`
  return gateway

  function close(): Promise<void> {
    return new Promise(done => {
      server.close(() => done())
      server.closeAllConnections()
    })
  }
}
