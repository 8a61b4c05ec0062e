import { createHash } from 'node:crypto'

/** The one style sheet, inline in every page: the first view is one request. */
export const STYLE = `
:root{color-scheme:light dark;--ink:#1b2429;--soft:#54616a;--line:#d8dfe3;--paper:#fff;--ground:#f3f6f7;--accent:#0b5f6b;--on:#fff;--tap:44px;
--ok:#17663a;--okb:#e8f4ec;--warn:#7d4300;--warnb:#fff2dc;--bad:#a3170f;--badb:#fdebe9;--grey:#46525a;--greyb:#e9edf0}
@media(prefers-color-scheme:dark){:root{--ink:#e6ecef;--soft:#a5b2ba;--line:#37444c;--paper:#182127;--ground:#10171b;--accent:#6cc3d0;--on:#06262b;
--ok:#8fdcab;--okb:#15301f;--warn:#ffc67d;--warnb:#3a2810;--bad:#ffa79f;--badb:#3f1a17;--grey:#c3ced5;--greyb:#253038}}
*{box-sizing:border-box}
html{font-size:100%;-webkit-text-size-adjust:100%}
html.l{font-size:137.5%;--tap:60px}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.6 system-ui,-apple-system,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;overflow-wrap:anywhere}
a{color:var(--accent)}
h1,h2,h3,p,dl,ol,ul{margin:0}
h2{font-size:1.125rem;line-height:1.4;margin-bottom:.5rem}
p+h2{margin-top:1rem}
h3{font-size:1rem;line-height:1.4}
small,.s{font-size:.875rem;color:var(--soft)}
.w{max-width:46rem;margin:0 auto;padding:0 1rem}
.k{position:absolute;left:-999rem}
.k:focus{left:0;top:0;background:var(--paper);padding:1rem;z-index:1}
header{background:var(--paper);border-bottom:1px solid var(--line)}
header .w{display:flex;flex-wrap:wrap;align-items:center;column-gap:.25rem}
header .w>b{flex:1 1 9rem;line-height:1.3;padding:.4rem 0}
header .w>b::before{content:"";display:inline-block;width:.75em;height:.75em;margin-right:.5em;border-radius:50% 50% 50% 0;background:var(--accent)}
header a{display:inline-flex;align-items:center;min-height:var(--tap);min-width:var(--tap);justify-content:center;padding:0 .5rem;text-decoration:none}
details>summary{cursor:pointer;min-height:var(--tap);display:flex;align-items:center;color:var(--accent)}
summary::after{content:"";width:.45em;height:.45em;margin-left:.6em;border:solid;border-width:0 2px 2px 0;transform:rotate(45deg) translate(-.1em,-.1em)}
details[open]>summary::after{transform:rotate(225deg)}
.o{font-size:.875rem;border-top:1px solid var(--line)}
.o p{padding-bottom:.75rem}
.demo{background:#5b3a8e;color:#fff;text-align:center;padding:.4rem 1rem;font-size:.875rem}
main.w{display:block;padding-top:1rem;padding-bottom:2rem}main>p{margin-top:.75rem}
section{background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:1rem;margin-top:1rem}
.v{display:flex;gap:.9rem;border:0;border-left:6px solid;margin-top:0}
.v svg{flex:none;width:2.5rem;height:2.5rem;margin-top:.1rem}
.v h1{font-size:1.5rem;line-height:1.3}
.v p{color:var(--ink);margin-top:.25rem}
.ok{color:var(--ok);background:var(--okb)}.warn{color:var(--warn);background:var(--warnb)}.bad{color:var(--bad);background:var(--badb)}.grey{color:var(--grey);background:var(--greyb)}
.x{list-style:none;padding:0}.x a{display:flex;align-items:center;min-height:var(--tap)}.x small{display:block;margin:-.3rem 0 .4rem}
.f{margin-top:0}.n{font-size:1.25rem;font-weight:600;line-height:1.4}
dl{display:grid;grid-template-columns:fit-content(40%) 1fr;gap:.35rem 1rem;margin-top:.6rem}
dt{color:var(--soft);min-width:5em}dd{margin:0}ul+p{margin-top:.6rem}
.j{list-style:none;padding:0;margin-top:.75rem}
.j>li{position:relative;padding:0 0 1.1rem 1.5rem;border-left:2px solid var(--line);margin-left:.45rem}
.j>li:last-child{border-color:transparent;padding-bottom:0}
.j>li::before{content:"";position:absolute;left:-.5rem;top:.4rem;width:.85rem;height:.85rem;border-radius:50%;background:var(--accent);border:2px solid var(--paper)}
.j>li.g::before{background:var(--paper);border:2px dashed var(--warn)}
.j time,.j .s{display:block}
.j ul{padding-left:1.1rem}
.m{color:var(--warn);font-weight:600}
.t{display:inline-block;font-size:.8125rem;padding:0 .5em;border-radius:1em;background:var(--greyb);color:var(--grey);margin-left:.4em}
.b{display:inline-flex;align-items:center;justify-content:center;min-height:var(--tap);padding:.3rem 1.1rem;border-radius:8px;border:1px solid var(--accent);background:var(--paper);color:var(--accent);font:inherit;text-decoration:none;cursor:pointer;margin:.5rem .5rem 0 0}
.p{background:var(--accent);color:var(--on)}
.q,.c{display:flex;flex-wrap:wrap;gap:1rem;align-items:center}
.q{margin-top:.75rem}.qr{width:8.5rem;height:8.5rem;flex:none;border-radius:6px}
form{margin-top:.75rem}
label{display:block;font-weight:600}
input,select,textarea{width:100%;min-height:var(--tap);font:inherit;font-size:1.0625rem;padding:.5rem .75rem;border:1px solid var(--soft);border-radius:8px;background:var(--paper);color:var(--ink);margin-top:.25rem}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
video{width:100%;max-height:60vh;border-radius:8px;background:#000}
mark{background:var(--warnb);color:var(--warn);outline:2px solid var(--warn);border-radius:3px}
pre{white-space:pre-wrap}
code{font:.9375em ui-monospace,Menlo,Consolas,monospace}
ul{padding-left:1.3rem}.x{list-style:none;padding:0}.x li+li{margin-top:.75rem}
main li{margin-top:.2rem}
[hidden]{display:none!important}
@media print{:root{color-scheme:light}body{background:#fff;color:#000}header a,.np,.k,details:not([open]){display:none!important}section{border-color:#999;break-inside:avoid-page}.j>li{break-inside:avoid}a{color:inherit;text-decoration:none}}
`
  .trim()
  .replace(/\n/g, '')

/** For `style-src`: only this very style sheet applies. */
export const STYLE_HASH = `sha256-${createHash('sha256').update(STYLE).digest('base64')}`

/** Content-Security-Policy of every page. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src '${STYLE_HASH}'`,
  "script-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')
