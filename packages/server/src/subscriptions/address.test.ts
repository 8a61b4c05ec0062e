import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { selfSigned } from '../lib/tls.fixture.ts'
import { addressRules, isPublic } from './address.ts'
import { createPoster, type Resolver } from './post.ts'

const none = addressRules([])

describe('addresses that are not public', () => {
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.100.100.200',
    '127.0.0.1',
    '127.255.255.254',
    '168.63.129.16',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '192.88.99.1',
    '198.19.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:8.8.8.8',
    '::ffff:127.0.0.1',
    '::7f00:1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    '2002:7f00:1::1',
    '2001::1',
    '2001:db8::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    '100::1',
    'localhost',
  ])('%s', address => expect(isPublic(address)).toBe(false))

  it.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '2400:3200::1', '2606:4700::1111'])('but %s is', address =>
    expect(isPublic(address)).toBe(true),
  )
})

describe('receivers as they are written', () => {
  it.each([
    'http://hooks.example.cn/in',
    'ftp://hooks.example.cn/',
    'hooks.example.cn',
    'https://user:secret@hooks.example.cn/',
    'https://hooks.example.cn/#part',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[fd00::1]/',
    'https://169.254.169.254/latest/meta-data',
  ])('%s is refused', dest => expect(none.faultOf(dest)).toEqual(expect.any(String)))

  it.each(['https://hooks.example.cn/in?a=1', 'https://8.8.8.8/', 'https://localhost.example.cn/'])(
    '%s is taken',
    dest => expect(none.faultOf(dest)).toBeNull(),
  )

  it('WEBHOOK_ALLOW lists exceptions by host, address and network', () => {
    const some = addressRules(['intern.example.cn', '10.1.0.0/16', '::1'])
    expect(some.faultOf('http://intern.example.cn:8080/')).toBeNull()
    expect(some.faultOf('http://10.1.200.3/')).toBeNull()
    expect(some.faultOf('http://[::1]:9000/')).toBeNull()
    expect(some.faultOf('http://10.2.0.1/')).not.toBeNull()
    expect(some.faultOf('http://other.example.cn/')).not.toBeNull()
    expect(some.mayConnect('10.9.9.9', 'intern.example.cn')).toBe(true)
    expect(some.mayConnect('10.9.9.9', 'hooks.example.cn')).toBe(false)
    expect(some.mayConnect('10.1.9.9', 'hooks.example.cn')).toBe(true)
  })
})

describe('posting', () => {
  const ends: (() => void)[] = []
  afterEach(() => {
    for (const end of ends.splice(0)) end()
  })
  async function receiver(answer: RequestListener): Promise<number> {
    const server = createServer(answer)
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    ends.push(() => {
      server.closeAllConnections()
      server.close()
    })
    return (server.address() as AddressInfo).port
  }
  function poster(allow: string[], resolver?: Resolver, limit?: number) {
    const made = createPoster(addressRules(allow), resolver, limit)
    ends.push(made.close)
    return (dest: string, body = 'x') => made.post(dest, Buffer.from(body), {}, new AbortController().signal)
  }
  const ok = (_request: IncomingMessage, response: ServerResponse) => void response.writeHead(204).end()

  it('connects to the address that was checked, looked up once for a connection', async () => {
    const port = await receiver(ok)
    let asked = 0
    // A name that leads elsewhere the second time, as in DNS rebinding.
    const resolver: Resolver = async () => [{ address: asked++ ? '127.0.0.2' : '127.0.0.1', family: 4 }]
    const post = poster(['127.0.0.1', 'hooks.example.cn'], resolver)
    expect((await post(`http://hooks.example.cn:${port}/`)).status).toBe(204)
    expect((await post(`http://hooks.example.cn:${port}/`)).status).toBe(204)
    expect(asked).toBe(1)
  })

  it('does not connect where any address of a name is not public', async () => {
    let reached = 0
    const port = await receiver((request, response) => {
      reached++
      ok(request, response)
    })
    const answers = [
      { address: '93.184.216.34', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ]
    const post = poster([], async () => answers)
    await expect(post(`https://hooks.example.cn:${port}/`)).rejects.toThrow('127.0.0.1')
    await expect(poster([], async () => [])('https://hooks.example.cn/')).rejects.toThrow('no address')
    await expect(post(`http://127.0.0.1:${port}/`)).rejects.toThrow('WEBHOOK_ALLOW')
    expect(reached).toBe(0)
  })

  it('follows no redirect', async () => {
    let reached = 0
    const target = await receiver((request, response) => {
      reached++
      ok(request, response)
    })
    const port = await receiver((_request, response) =>
      response.writeHead(307, { location: `http://127.0.0.1:${target}/` }).end(),
    )
    expect((await poster(['127.0.0.1'])(`http://127.0.0.1:${port}/`)).status).toBe(307)
    expect(reached).toBe(0)
  })

  it('waits only so long for an answer, whether none begins or one never ends', async () => {
    const silent = await receiver(() => {})
    const endless = await receiver((_request, response) => {
      const timer = setInterval(() => response.write('x'), 20)
      response.on('close', () => clearInterval(timer))
    })
    const post = poster(['127.0.0.1'], undefined, 300)
    const began = performance.now()
    await expect(post(`http://127.0.0.1:${silent}/`)).rejects.toThrow('no answer')
    await expect(post(`http://127.0.0.1:${endless}/`)).rejects.toThrow('no answer')
    expect(performance.now() - began).toBeLessThan(5_000)
  })

  it('waits ten seconds unless told otherwise', async () => {
    const silent = await receiver(() => {})
    // Nothing but the limit's own timer: sockets go on by themselves.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      let outcome = 'waiting'
      const posted = poster(['127.0.0.1'])(`http://127.0.0.1:${silent}/`).catch(error => {
        outcome = (error as Error).message
      })
      vi.advanceTimersByTime(9_999)
      await new Promise(resolve => setImmediate(resolve))
      expect(outcome).toBe('waiting')
      vi.advanceTimersByTime(1)
      await posted
      expect(outcome).toContain('no answer within 10 s')
    } finally {
      vi.useRealTimers()
    }
  })

  it('reads no more than 64 KB of an answer', async () => {
    // A receiver that goes on only when it is told to: what is taken of it is what was asked for.
    const answer = (bytes: number) =>
      receiver((_request, response) => {
        response.writeHead(200)
        response.write(Buffer.alloc(bytes))
      })
    const post = poster(['127.0.0.1'], undefined, 1_000)
    expect((await post(`http://127.0.0.1:${await answer(64 * 1024 + 1)}/`)).status).toBe(200)
    await expect(post(`http://127.0.0.1:${await answer(64 * 1024)}/`)).rejects.toThrow('no answer')
  })

  it('closes the connection of an answer that is too long', async () => {
    let closed = false
    const port = await receiver((_request, response) => {
      response.on('close', () => {
        closed = true
      })
      response.writeHead(200)
      const more = () => void (closed || response.write(Buffer.alloc(65_536), more))
      more()
    })
    expect((await poster(['127.0.0.1'])(`http://127.0.0.1:${port}/`)).status).toBe(200)
    await expect.poll(() => closed).toBe(true)
  })

  it('sends again at once where a connection that waited was closed meanwhile', async () => {
    let answered = 0
    const port = await receiver((request, response) => {
      answered++
      ok(request, response)
      // Half closed without a word: the client finds out when it writes.
      if (answered === 1) setTimeout(() => request.socket.destroy(), 20)
    })
    const post = poster(['127.0.0.1'])
    await post(`http://127.0.0.1:${port}/`)
    for (let n = 0; n < 5; n++) {
      await new Promise(resolve => setTimeout(resolve, 8))
      expect((await post(`http://127.0.0.1:${port}/`)).status).toBe(204)
    }
    expect(answered).toBeGreaterThanOrEqual(6)
  })

  it('speaks https with the name that was asked for, and only with who proves to bear it', async () => {
    const { cert, key } = selfSigned('localhost')
    const names: unknown[] = []
    const server = createSecureServer({ cert: readFileSync(cert), key: readFileSync(key) }, (request, response) => {
      names.push((request.socket as TLSSocket).servername)
      ok(request, response)
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    ends.push(() => {
      server.closeAllConnections()
      server.close()
    })
    const dest = `https://localhost:${(server.address() as AddressInfo).port}/`
    const resolver: Resolver = async () => [{ address: '127.0.0.1', family: 4 }]
    await expect(poster(['localhost'], resolver)(dest)).rejects.toThrow(/self-signed|certificate/)
    expect(names).toEqual([])
    // Whom to believe is a matter of the process: another one, that believes this certificate.
    const here = new URL('.', import.meta.url).href
    const script = `
      import { createPoster } from '${here}post.ts'
      import { addressRules } from '${here}address.ts'
      const resolver = async () => [{ address: '127.0.0.1', family: 4 }]
      const poster = createPoster(addressRules(['127.0.0.1']), resolver)
      const post = dest => poster.post(dest, Buffer.from('x'), {}, new AbortController().signal).then(a => a.status, e => e.code)
      console.log(await post('${dest}'), await post('${dest.replace('localhost', 'elsewhere.example.cn')}'))
      poster.close()`
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', '--conditions=source', '--input-type=module', '-e', script],
      { env: { PATH: process.env.PATH ?? '', NODE_EXTRA_CA_CERTS: cert } },
    )
    expect(stdout.trim()).toBe('204 ERR_TLS_CERT_ALTNAME_INVALID')
    expect(names).toEqual(['localhost'])
  })
})
