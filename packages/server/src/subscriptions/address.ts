import { BlockList, isIP } from 'node:net'

/** Where webhooks may go. */
export interface AddressRules {
  /**
   * What is wrong with the address of a receiver as it is written, in words; null where nothing is. Names are looked up
   * when a connection is made, and what they lead to is checked then.
   */
  faultOf(dest: string): string | null
  /** Whether connections to this address (of this host) may be made. */
  mayConnect(address: string, host: string): boolean
}

/**
 * Addresses that are not somebody's on the public internet (IANA special-purpose registries, RFC 6890): this machine,
 * private and shared networks, link-local with the metadata services of clouds, documentation, multicast, reserved.
 */
const NOT_PUBLIC_4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32', // the metadata service of Azure stands on a public address
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]
/** The only block of IPv6 that is handed out (RFC 4291 §2.4), and what within it leads elsewhere. */
const PUBLIC_6 = '2000::/3'
const NOT_PUBLIC_6 = [
  '2001::/23', // Teredo and other protocols
  '2001:db8::/32',
  '2002::/16', // 6to4: an IPv4 address in disguise
  '3fff::/20',
]

const special4 = listOf(NOT_PUBLIC_4)
const public6 = listOf([PUBLIC_6])
const special6 = listOf(NOT_PUBLIC_6)

/** Whether an address is on the public internet. IPv4 in IPv6 notation, NAT64 (64:ff9b::/96) and 6to4 are not. */
export function isPublic(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !special4.check(address, 'ipv4')
  return family === 6 && public6.check(address, 'ipv6') && !special6.check(address, 'ipv6')
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list
}

/** The rules with what the setting WEBHOOK_ALLOW lists besides: hosts, addresses, networks. */
export function addressRules(allow: readonly string[]): AddressRules {
  const hosts = new Set(allow.filter(entry => !isIP(entry.split('/')[0] ?? '')))
  const networks = listOf(allow.filter(entry => isIP(entry.split('/')[0] ?? '')))
  const isListed = (address: string) => {
    const family = isIP(address)
    return family !== 0 && networks.check(address, family === 4 ? 'ipv4' : 'ipv6')
  }
  const mayConnect = (address: string, host: string) =>
    isIP(address) !== 0 && (hosts.has(host) || isListed(address) || isPublic(address))

  return {
    mayConnect,
    faultOf(dest) {
      const url = URL.canParse(dest) ? new URL(dest) : null
      if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:'))
        return '应为 https 网址 an https address is expected'
      if (url.username || url.password)
        return '网址不得含用户名和密码 no user name and password in the address; use signatureToken'
      if (url.hash) return '网址不得含 # 部分 no fragment in the address'
      const host = hostOf(url)
      if (isIP(host) && !mayConnect(host, host))
        return '不得发往非公网地址 not an address on the public internet (WEBHOOK_ALLOW lists exceptions)'
      if (url.protocol === 'http:' && !hosts.has(host) && !isListed(host))
        return '应为 https 网址 https is needed (WEBHOOK_ALLOW lists exceptions)'
      return null
    },
  }
}

/** Host of an address: IPv6 without brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}
