import { action, redirect } from '@solidjs/router'
import { entrance } from '../../api/entrance.ts'
import { expectMail } from '../check-mail/data.ts'

export const askForReset = action(async (email: string) => {
  await entrance.forgotPassword({ email })
  expectMail('password-reset', email)
  throw redirect('/forgot-password/check-mail')
}, 'forgot-password')
