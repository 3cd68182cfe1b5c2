import { action, redirect } from '@solidjs/router'
import { entrance } from '../../api/entrance.ts'
import { expectMail } from '../check-mail/data.ts'

export const signUp = action(async (name: string, email: string, password: string) => {
  await entrance.signUp({ name, email, password })
  expectMail('sign-up', email)
  throw redirect('/sign-up/check-mail')
}, 'sign-up')
