import { action, json } from '@solidjs/router'
import { getCredentials } from '../../account/credentials.ts'
import { auth } from '../../api/auth.ts'
import { makePasskey } from '../../api/passkeys.ts'

/** What every change of them makes old; what is of the screen by its name. The first factor ends other sessions. */
const changed = { revalidate: [getCredentials.key, 'activity', 'sessions'] }

export const enrollTotp = action(async () => json(await auth.enrollTotp({}), { revalidate: [] }), 'enroll-totp')

export const confirmTotp = action(
  async (code: string) => json(await auth.confirmTotp({ code }), changed),
  'confirm-totp',
)

export const disableTotp = action(async () => json(await auth.disableTotp({}), changed), 'disable-totp')

export const createRecoveryCodes = action(
  async () => json((await auth.createRecoveryCodes({})).recoveryCodes, changed),
  'create-recovery-codes',
)

export const addPasskey = action(async () => {
  const { ticket, options } = await auth.startPasskeyRegistration({})
  const answer = await makePasskey(options)
  return json(await auth.registerPasskey({ ticket, answer }), changed)
}, 'add-passkey')

export const renamePasskey = action(
  async (id: string, name: string) => json(await auth.renamePasskey({ id, name }), { revalidate: getCredentials.key }),
  'rename-passkey',
)

export const removePasskey = action(
  async (id: string) => json(await auth.removePasskey({ id }), changed),
  'remove-passkey',
)

/** Leaves for the provider, which leads back here. */
export const linkSignIn = action(async (provider: string) => {
  const { url } = await auth.linkOidc({ provider, next: '/security' })
  location.assign(url)
  return true
}, 'link-sign-in')

export const unlinkSignIn = action(
  async (id: string) => json(await auth.unlinkSignIn({ id }), changed),
  'unlink-sign-in',
)

export const cancelRecovery = action(async () => json(await auth.cancelOwnRecovery({}), changed), 'cancel-recovery')
