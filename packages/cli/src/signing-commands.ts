import { SUBJECT_KINDS } from '@yuanliu/core'
import { Argument, type Command, Option } from 'commander'
import type { Message } from './messages.ts'
import { type Shell, say } from './shell.ts'
import { listKeysOf, makeSigningKey, registerKey, revokeKeyOf, signEventsOf } from './signing.ts'

/** Describes `signing-key` and `sign`. @param command makes a command below another one, or the program */
export function signingCommands(
  shell: Shell,
  command: (parent: Command | null, name: string, about: Message) => Command,
  done: (code: number) => void,
): void {
  const takes = (flags: string, message: Message) => new Option(flags, say(shell, message))
  const names = (name: string, message: Message) => new Argument(name, say(shell, message))
  const key = command(null, 'signing-key', 'signingKeyAbout')
  command(key, 'create', 'signingKeyCreateAbout')
    .addArgument(names('<file>', 'signingKeyFile'))
    .addOption(takes('--name <name>', 'signingKeyName').makeOptionMandatory())
    .addOption(takes('--suite <suite>', 'signingKeySuite').choices(['sha256-ed25519', 'sm3-sm2']))
    .action(async (file: string, options) => done(await makeSigningKey(shell, file, options)))
  command(key, 'register', 'signingKeyRegisterAbout')
    .addArgument(names('<file>', 'signingKeyFile'))
    .addOption(takes('--kind <kind>', 'signingKeyKind').choices([...SUBJECT_KINDS]))
    .addOption(takes('--label <text>', 'signingKeyLabel'))
    .addOption(takes('--from <time>', 'signingKeyFrom'))
    .addOption(takes('--until <time>', 'signingKeyUntil'))
    .addOption(takes('--print', 'signingKeyPrint'))
    .action(async (file: string, options) => done(await registerKey(shell, file, options)))
  command(key, 'list', 'signingKeyListAbout')
    .addArgument(names('<organisation>', 'signingKeyOrganisation'))
    .action(async (organisation: string) => done(await listKeysOf(shell, organisation)))
  command(key, 'revoke', 'signingKeyRevokeAbout')
    .addArgument(names('<organisation>', 'signingKeyOrganisation'))
    .addArgument(names('<id>', 'signingKeyId'))
    .action(async (organisation: string, id: string) => done(await revokeKeyOf(shell, organisation, id)))
  command(null, 'sign', 'signAbout')
    .addArgument(names('<file>', 'signFile'))
    .addOption(takes('--key <file>', 'signKey').makeOptionMandatory())
    .addOption(takes('--out <file>', 'signOut'))
    .action(async (file: string, options) => done(await signEventsOf(shell, file, options)))
}
