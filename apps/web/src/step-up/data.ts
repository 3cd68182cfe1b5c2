import type { StepUpProof } from '@lightpress/auth-contract'
import { action } from '@solidjs/router'
import { auth, authAsIs } from '../api/auth.ts'
import { answerWithPasskey } from '../api/passkeys.ts'
import { replaceSession } from '../api/session.ts'

/** The answer brings the cookies of a session in place of this one, which knows of the proof. */
export const prove = action(async (proof: StepUpProof) => {
  await replaceSession(() => authAsIs.stepUp({ proof }))
  return true
}, 'step-up')

export const proveWithPasskey = action(async () => {
  const { ticket, options } = await auth.startPasskeyStepUp({})
  const answer = await answerWithPasskey(options)
  await replaceSession(() => authAsIs.stepUp({ proof: { kind: 'passkey', ticket, answer } }))
  return true
}, 'step-up-with-passkey')

/** Leaves for the provider, which leads back to where one is. */
export const proveWithProvider = action(async (provider: string) => {
  const { url } = await auth.stepUpWithOidc({ provider, next: location.pathname + location.search })
  location.assign(url)
  return true
}, 'step-up-with-provider')
