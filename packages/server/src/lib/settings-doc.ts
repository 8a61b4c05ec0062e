import { SETTINGS } from './config.ts'

/** docs/ops/settings.md: the table of settings as people read it. */
export function settingsDoc(): string {
  const rows = SETTINGS.map(s => `| \`${s.name}\` | ${s.fallback ? `\`${s.fallback}\`` : '–'} | ${s.zh} | ${s.en} |`)
  return `# Settings 设置

Environment variables, read once at the start. A wrong one stops the start with a message that names it.
环境变量，启动时读取一次；有误则停止启动并指出变量名。

| variable 变量 | default 默认 | 说明 | meaning |
|---|---|---|---|
${rows.join('\n')}

Made from \`packages/server/src/lib/config.ts\`; \`UPDATE=1 npx vitest run packages/server/src/lib/settings-doc.test.ts\` writes it again.
`
}
