import { describe, expect, it } from 'vitest'
import { messages } from './messages.ts'
import { run } from './program.ts'
import { recorded } from './shell.fixture.ts'
import { languageOf, print, printJson } from './shell.ts'

async function yuanliu(argv: string[], env: Record<string, string> = {}) {
  const shell = recorded(env)
  const code = await run(argv, shell)
  return { code, out: shell.out(), err: shell.err() }
}

describe('the command line', () => {
  it('shows help and version in the language asked for', async () => {
    const zh = await yuanliu(['--help'])
    expect(zh.code).toBe(0)
    expect(zh.out).toMatch(/^用法：/)
    expect(zh.out).toContain('命令：')
    expect(zh.out).toContain('YUANLIU_URL')
    const en = await yuanliu(['import', '--help'], { LANG: 'en_GB.UTF-8' })
    expect(en.out).toMatch(/^Usage: yuanliu import/)
    expect(en.out).toContain('--proceed')
    expect(en.out).not.toMatch(/\p{Script=Han}/u)
    expect(await yuanliu(['--version'])).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  })

  it('complains in the language asked for, on stderr, with exit code 1', async () => {
    const cases: [string[], string, string][] = [
      [['fly'], '没有命令“fly”', "unknown command 'fly'"],
      [['trace'], '缺少参数 <code>', "missing required argument 'code'"],
      [['trace', 'x', '--up'], '没有选项“--up”', "unknown option '--up'"],
      [
        ['trace', 'x', '--direction', 'up'],
        '取值“up”无效，可选：backward, forward, both',
        'Allowed choices are backward',
      ],
      [['key', 'create', '--organisation', 'x'], '缺少选项 --permissions', "required option '--permissions"],
      [['trace', 'x', '--at'], '缺少取值', 'argument missing'],
      [['demo', '--serve', '--url', 'http://x'], '不能同时使用', 'exclude each other'],
    ]
    for (const [argv, zh, en] of cases) {
      const chinese = await yuanliu(argv)
      expect(chinese).toMatchObject({ code: 1, out: '' })
      expect(chinese.err).toContain(zh)
      expect((await yuanliu([...argv], { LC_ALL: 'en_US.UTF-8' })).err).toContain(en)
    }
  })

  it('takes the language from --lang, then from the locale, else Chinese', () => {
    expect(languageOf(['--lang', 'en'], { LANG: 'zh_CN.UTF-8' })).toBe('en')
    expect(languageOf(['x', '--lang=zh'], { LANG: 'en_US.UTF-8' })).toBe('zh')
    expect(languageOf([], { LC_ALL: 'en_US', LANG: 'zh_CN' })).toBe('en')
    expect(languageOf([], { LANG: 'C.UTF-8' })).toBe('zh')
  })

  it('has the same places in both languages of every message', () => {
    const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(match => match[0]).sort()
    for (const [key, { zh, en }] of Object.entries(messages)) {
      expect(places(zh), key).toEqual(places(en))
      expect(zh, key).toMatch(/\p{Script=Han}|^\{/u)
    }
  })

  it('lets no text from data steer the terminal', () => {
    const shell = recorded({})
    print(shell.stdout, 'a\x1b[2Jb\u202ec\x9bd')
    expect(shell.out()).toBe('a\ufffd[2Jb\ufffdc\ufffdd\n')
    const json = recorded({})
    const value = { text: 'a\x1b\x9b\u202e\n' }
    printJson(json.stdout, value)
    for (const mark of '\x1b\x9b\u202e') expect(json.out()).not.toContain(mark)
    expect(JSON.parse(json.out())).toEqual(value)
  })
})
