import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SchemeFile } from '@yuanliu/core'

/** docs/guide/codes.md: every scheme file as people read it. */

const SURE = { verified: '标准原文', computed: '已复算', secondary: '转述 ⚠', recalled: '未核实 ⚠' } as const

/** What codes people meet, by topic, and the schemes that read them; no id: why there is none. */
export interface Topic {
  section: { zh: string; en: string }
  rows: { zh: string; en: string; schemes: string[]; why?: { zh: string; en: string } }[]
}

export function readTopics(dataFolder: string): Topic[] {
  return JSON.parse(readFileSync(join(dataFolder, 'schemes', 'topics', 'topics.json'), 'utf8')) as Topic[]
}

export function codesDoc(schemes: ReadonlyMap<string, SchemeFile>, topics: readonly Topic[]): string {
  const files = [...schemes.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  return `# Codes 编码

平台识读以下编码，写法不限：在首页输入、粘贴或扫码，或用命令、接口查它是什么、各段的含义、哪里写错。
The platform reads these codes in any notation: type, paste or scan one on the first page, or ask what it is, what its parts
mean, where it is wrong:

\`\`\`sh
npx yuanliu code 91350100M000100Y43
npx yuanliu code "$(cat label.txt)"    # 多行文字，如种子标签 a text of several lines, e.g. of a seed label
curl -G http://localhost:8080/api/codes/parse --data-urlencode text@label.txt
\`\`\`

⚠ 转述或未核实的规则只提示、不拒绝。A rule that is second-hand or not verified only warns, it never refuses.

## 编码规则 Schemes

| id | 编码 | code | 层级 level | 依据 standard | 核实 verified | 例 example | 网址形式 URI |
|---|---|---|---|---|---|---|---|
${files.map(row).join('\n')}

## 扫码应示 What must be shown

| id | 内容 | shown | 依据 source |
|---|---|---|---|
${files.flatMap(file => (file.shows ?? []).map(n => `| ${file.id} | ${cell(n.zh)} | ${cell(n.en)} | ${cell(n.source)} |`)).join('\n')}

## 按主题 By topic

${topics.map(topicText).join('\n\n')}

---

Made from \`data/schemes\`; \`UPDATE=1 npx vitest run packages/server/src/lib/codes-doc.test.ts\` writes it again.
如何新增 How to add one: [data/schemes](../../data/schemes/README.md).
`
}

function row(file: SchemeFile): string {
  const [example] = file.examples.valid
  const cells = [
    `\`${file.id}\``,
    file.title.zh,
    file.title.en,
    file.level,
    file.standard.join('; '),
    SURE[file.confidence],
    `\`${printable(example?.text ?? '')}\``,
    `\`${file.forms.digitalLink ? `https://id.gs1.org/${file.forms.digitalLink.ai}/` : (file.forms.uri?.[0] ?? `urn:yuanliu:${file.id}:`)}…\``,
  ]
  return `| ${cells.map(cell).join(' | ')} |`
}

function topicText({ section, rows }: Topic): string {
  const lines = rows.map(({ zh, en, schemes, why }) => {
    const ids = schemes.map(id => `\`${id}\``).join(', ')
    return `| ${cell(zh)} | ${cell(en)} | ${ids || cell(`${why?.zh ?? ''} ${why?.en ?? ''}`)} |`
  })
  return `### ${section.zh} ${section.en}\n\n| 编码 | code | 规则 scheme |\n|---|---|---|\n${lines.join('\n')}`
}

const printable = (text: string) => text.replaceAll('\u001d', '␝').replace(/\r?\n/g, '⏎')
const cell = (text: string) => text.replace(/\|/g, '\\|')
