import { expect, it } from 'vitest'
import { setSignInReason, takeSignInReason } from '../src/api/sign-in-reason.ts'

it('says why somebody is at sign-in, once', () => {
  setSignInReason('session_ended')
  setSignInReason('password_reset')
  expect([takeSignInReason(), takeSignInReason()]).toEqual(['password_reset', undefined])
})
