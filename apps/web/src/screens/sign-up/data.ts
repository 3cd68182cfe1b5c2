import { action, redirect } from '@solidjs/router'
import { auth } from '../../api/auth.ts'
import { expectMail } from '../check-mail/data.ts'

export const signUp = action(async (name: string, email: string, password: string) => {
  await auth.signUp({ name, email, password })
  expectMail('sign-up', email)
  throw redirect('/sign-up/check-mail')
}, 'sign-up')
