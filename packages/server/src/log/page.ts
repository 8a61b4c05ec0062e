import { createHash } from 'node:crypto'
import type { LogAnchor, LogWitnesses } from '@yuanliu/core'
import { constant, type Html, html, markup } from '../lib/html.ts'

/** What people see of the log: its checkpoint, who has cosigned, where it is anchored. */
export interface LogPage {
  /** a witness contradicts this log, or a fork of it is known */
  contradicted: boolean
  logs: ShownLog[]
}

interface ShownLog extends LogWitnesses {
  origin: string
  key: string
  /** the key that is to follow, which signs beside it now; null: none */
  next: string | null
  root: string
  prefix: string
  anchors: LogAnchor[]
}

const STYLE = `
:root{color-scheme:light dark;--ink:#1b2429;--soft:#54616a;--line:#d8dfe3;--paper:#fff;--ground:#f3f6f7;--accent:#0b5f6b;--bad:#a4161a}
@media(prefers-color-scheme:dark){:root{--ink:#e6ecef;--soft:#a5b2ba;--line:#37444c;--paper:#182127;--ground:#10171b;--accent:#6cc3d0;--bad:#ff8a8a}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:56rem;padding:1rem;background:var(--ground);color:var(--ink);font:1rem/1.6 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;overflow-wrap:anywhere}
a{color:var(--accent)}section{background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:1rem;margin-top:1rem}
h1,h2,h3{line-height:1.3;margin:.5rem 0}.s{color:var(--soft)}.bad{color:var(--bad);font-weight:700}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.25rem .5rem;border-top:1px solid var(--line)}
code{font:.9rem/1.5 ui-monospace,Menlo,Consolas,monospace}:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
`
  .trim()
  .replace(/\n/g, '')

/** Content-Security-Policy of the page: its own style and nothing else. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/** A title in Chinese with the English beside it. */
const both = (zh: string, en: string) => html`${zh} <span class="s" lang="en">${en}</span>`

/** The page, in both languages at once: it is for whoever checks, wherever from. */
export function logPage({ logs, contradicted }: LogPage, base: string): string {
  return `<!doctype html>${markup(html`<html lang="zh-CN">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>可验证日志 The signed log</title>
<link rel="icon" href="data:,"><style>${constant(STYLE)}</style></head><body><main>
<h1>${both('可验证日志', 'The signed log')}</h1>
<p>${both('每个事件在此留有一条，只增不改；检查点由平台签名，见证人联署，并可锚定在别处。', 'Every event has an entry here that nobody can alter unseen: the platform signs, witnesses cosign, and checkpoints may be anchored elsewhere.')}</p>
${contradicted && html`<p class="bad" role="alert">${both('见证人所持的检查点与本日志不符：日志可能被改写或回退。', 'A witness contradicts this log: it may have been altered, or an older copy put back.')}</p>`}
${logs.length === 0 && html`<p>${both('此平台未启用日志，或日志尚未建立。', 'This platform keeps no log, or has not begun it yet.')}</p>`}
${logs.map(log => part(log, base))}
<p><a href="${base}/api/log/witnesses">/api/log/witnesses</a> · <a href="${base}/api/log/anchors">/api/log/anchors</a></p>
</main></body></html>`)}`
}

function part(log: ShownLog, base: string): Html {
  const head: [Html, Html][] = [
    [
      both('条目', 'Entries'),
      html`${log.size} · <a href="${base}${log.prefix}/checkpoint">${both('检查点', 'checkpoint')}</a>`,
    ],
    [both('根哈希', 'Root'), html`<code>${log.root}</code>`],
    [both('验证密钥', 'Verifier key'), html`<code>${log.key}</code>`],
    ...(log.next === null ? [] : [nextKey(log.next)]),
    [
      both('联署已满足策略', 'Cosigned as the policy asks'),
      log.cosigned === null
        ? both('尚无', 'none yet')
        : html`${log.cosigned} · <a href="${base}${log.prefix}/checkpoint/cosigned">${both('检查点', 'checkpoint')}</a>`,
    ],
  ]
  return html`<section aria-label="${log.origin}"><h2>${log.origin}</h2>
<table>${head.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}</table>
<h3>${both('见证人', 'Witnesses')}</h3>${
    log.witnesses.length
      ? html`<table><tr><th>${both('名称', 'name')}</th><th>${both('联署到', 'cosigned up to')}</th><th>${both('时间', 'at')}</th><th>${both('状态', 'state')}</th></tr>${log.witnesses.map(witness)}</table>`
      : html`<p>${both('未请见证人。', 'None is asked.')}</p>`
  }
<h3>${both('锚定', 'Anchors')}</h3>${
    log.anchors.length
      ? html`<table><tr><th>${both('条目', 'entries')}</th><th>${both('区块', 'block')}</th><th>${both('时间', 'time')}</th><th>${both('处所', 'where')}</th></tr>${log.anchors.map(anchor)}</table>`
      : html`<p>${both('尚未锚定。', 'None.')}</p>`
  }</section>`
}

/** While the key changes: what a reader has to add to the keys that are believed. */
function nextKey(key: string): [Html, Html] {
  const words = both(
    '现与上一密钥同时签名，将接替之；请与别处公布的核对后加入所信密钥。',
    'Signs beside the key above and will take its place: compare it with what is published elsewhere, and believe both.',
  )
  return [both('接替密钥', 'Next key'), html`<code>${key}</code><br>${words}`]
}

function witness({ key, cosigned, error, alarm }: LogWitnesses['witnesses'][number]): Html {
  const state = alarm
    ? html`<span class="bad">${alarm.kind === 'ahead' ? both('所持更多：日志回退？', 'holds more: rolled back?') : both('不予联署：日志分叉？', 'refuses: forked?')}</span>`
    : error
      ? both('上次未联署', 'did not cosign last time')
      : cosigned
        ? both('正常', 'in order')
        : both('尚未联署', 'not yet')
  return html`<tr><td>${key}</td><td>${cosigned?.size ?? '–'}</td><td>${cosigned?.at ?? '–'}</td><td>${state}</td></tr>`
}

function anchor(a: LogAnchor): Html {
  const where = html`${a.place}${a.transaction && html`<br><code>${a.transaction}</code>`}`
  return html`<tr><td>${a.size}</td><td>${a.block ?? '–'}</td><td>${a.at ?? a.readBack}</td><td>${where}</td></tr>`
}
