import { action, redirect } from '@solidjs/router'
import { auth } from '../../api/auth.ts'
import { expectMail } from '../check-mail/data.ts'

export const askForReset = action(async (email: string) => {
  await auth.forgotPassword({ email })
  expectMail('password-reset', email)
  throw redirect('/forgot-password/check-mail')
}, 'forgot-password')
