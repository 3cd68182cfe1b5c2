import { expect, it } from 'vitest'
import { activityDetails } from '../src/screens/security/activity-words.ts'

const signedIn = { action: 'signed_in', method: 'password', factor: null, impersonated: false } as const

it.each([
  [signedIn, ['with the password']],
  [{ ...signedIn, factor: 'totp' }, ['with the password and a code of the app']],
  [{ ...signedIn, method: 'passkey', factor: 'passkey' }, ['with a passkey']],
  [{ ...signedIn, action: 'stepped_up', method: null, factor: 'recovery_code' }, ['with a recovery code']],
  [{ ...signedIn, action: 'passkey_added', method: null, factor: 'passkey' }, []],
  [{ ...signedIn, action: 'organization_switched', method: null, impersonated: true }, ['by an operator']],
] as const)('tells of %j that it was done %j', (entry, told) => {
  expect(activityDetails(entry)).toEqual(told)
})
