import type { Credentials } from '@lightpress/auth-contract'
import { expect, it } from 'vitest'
import { type Way, waysToProve } from '../src/step-up/ways.ts'

const at = '2026-11-20T12:00:00.000Z'
const passkey = { id: '1', name: 'Phone', synced: true, createdAt: at, lastUsedAt: null }
const linked = { id: '2', provider: 'google', providerName: 'Google', email: null, createdAt: at, lastUsedAt: at }
const nothing: Credentials = {
  password: false,
  totp: null,
  passkeys: [],
  recoveryCodesLeft: null,
  linkedSignIns: [],
  recovery: null,
}
const everything: Credentials = {
  ...nothing,
  password: true,
  totp: { confirmedAt: at },
  passkeys: [passkey],
  recoveryCodesLeft: 10,
  linkedSignIns: [linked],
}

it.each<[string, Credentials, Way['kind'][]]>([
  ['a second factor counts, and neither password nor provider', everything, ['passkey', 'totp', 'recovery_code']],
  ['used-up recovery codes are none', { ...everything, recoveryCodesLeft: 0 }, ['passkey', 'totp']],
  [
    'without a second factor it is the password or a provider',
    { ...nothing, password: true, linkedSignIns: [linked] },
    ['password', 'provider'],
  ],
  ['a provider that is linked twice is one way', { ...nothing, linkedSignIns: [linked, linked] }, ['provider']],
  ['whoever has nothing has no way', nothing, []],
])('%s', (_, credentials, kinds) => {
  expect(waysToProve(credentials, { passkeys: true }).map(({ kind }) => kind)).toEqual(kinds)
})

it('offers no passkey where the browser can do nothing with it, and the password not in its place', () => {
  expect(waysToProve(everything, { passkeys: false }).map(({ kind }) => kind)).toEqual(['totp', 'recovery_code'])
  expect(waysToProve({ ...nothing, password: true, passkeys: [passkey] }, { passkeys: false })).toEqual([])
})
