/** What `yuanliu sandbox` says. */
export const sandboxMessages = {
  sandboxAbout: {
    zh: '单位的沙箱：接口相同，数据分开，随时清空',
    en: 'the sandbox of an organisation: the same interfaces, data apart, reset at will',
  },
  sandboxOpenAbout: {
    zh: '开通沙箱并发给密钥（只显示一次）；已开通则另发一把',
    en: 'open a sandbox and print a key to it, once; a further key where it is open',
  },
  sandboxStatusAbout: { zh: '数据量、限额与最近使用', en: 'what it holds, its limits, its last use' },
  sandboxResetAbout: {
    zh: '清空沙箱，密钥仍可用；也可用沙箱密钥执行',
    en: 'empty it, its keys stay; a key of the sandbox may do it',
  },
  sandboxCloseAbout: { zh: '关闭沙箱，数据与密钥一并作废', en: 'drop it, with its data and its keys' },
  sandboxOpened: {
    zh: '单位 {code} 的沙箱密钥 {id}（到期 {expires}）。上面这一行只显示一次，请妥善保存。用它访问原有接口即在沙箱中。',
    en: 'Key {id} to the sandbox of {code} (expires {expires}). The line above is shown once: keep it safe. The usual interfaces lead into the sandbox with it.',
  },
  sandboxState: {
    zh: '{code}：事件 {events} / {mostEvents}，占用 {size} / {mostSize} MB\n密钥 {keys}\n开通 {created} · 清空 {reset} · 最近使用 {lastUsed} · 不用则于 {expires} 删除',
    en: '{code}: {events} of {mostEvents} events, {size} of {mostSize} MB\nkeys {keys}\nopened {created} · reset {reset} · last used {lastUsed} · dropped {expires} if not used before',
  },
  sandboxWasReset: { zh: '单位 {code} 的沙箱已清空', en: 'The sandbox of {code} has been reset' },
  sandboxClosed: { zh: '单位 {code} 的沙箱已关闭', en: 'The sandbox of {code} is closed' },
} as const satisfies Record<string, { zh: string; en: string }>
