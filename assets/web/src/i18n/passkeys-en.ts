// English: passkeys. Part of en.ts.
import type { passkeysNl } from './passkeys-nl';

export const passkeysEn: typeof passkeysNl = {
  title: 'Passkeys',
  help: 'With a passkey you sign in by the fingerprint, the face or the PIN of this device, without a passphrase.',
  helpCoach: 'It does not open the vault: that still takes your passphrase.',
  enter: 'With a passkey',
  busy: 'Look at your screen…',
  wrong: 'This passkey cannot sign in here. Use your passphrase.',
  stopped: 'Nothing has happened: it was stopped, or it took too long.',
  already: 'This device already has a passkey of yours.',
  failed: 'This device could not use a passkey.',
  vaultLocked: 'You are signed in. The vault is still locked: your passphrase opens it.',
  openVault: 'Open the vault',
  none: 'You have no passkey yet.',
  name: 'Name',
  nameHelp: 'How will you recognise this device?',
  add: 'Add a passkey',
  added: (name) => `Passkey ‘${name}’ added.`,
  made: (when) => `made ${when}`,
  used: (when) => `last used ${when}`,
  unused: 'not used yet',
  elsewhere: (rp) => `works at ${rp}`,
  remove: 'Remove',
  removeQuestion: (name) => `Remove passkey ‘${name}’?`,
  removeText: 'Whoever is signed in by it elsewhere is signed out. Then remove the passkey from the device itself too.',
  removed: (name) => `Passkey ‘${name}’ removed.`,
  wrongPassphrase: 'This is not your passphrase.',
  whyNot: {
    address: 'Passkeys only work when the address of Terugblik is a name, not one in numbers as now.',
    browser: 'This browser cannot use passkeys.',
  },
};
