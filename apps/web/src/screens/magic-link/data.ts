import { isAppError } from '@lightpress/protocol'
import { action, redirect } from '@solidjs/router'
import { auth } from '../../api/auth.ts'
import { expectMail } from '../check-mail/data.ts'
import { enter } from '../../api/enter.ts'
import { keepNext, takeNext } from './next.ts'

export const mailLink = action(async (email: string, next: string | undefined) => {
  await auth.requestMagicLink({ email })
  expectMail('sign-in', email)
  keepNext(next)
  throw redirect('/sign-in/link-sent')
}, 'mail-link')

export const mailLinkAgain = action((email: string) => auth.requestMagicLink({ email }), 'mail-link-again')

/** Where to go on is forgotten only when it was gone to: a link that could not be followed yet is followed again. */
export const signInWithLink = action(async (token: string) => {
  const next = takeNext()
  try {
    return await enter({ send: () => auth.signInWithMagicLink({ token }), next })
  } catch (error) {
    if (isAppError(error)) keepNext(next)
    throw error
  }
}, 'sign-in-with-link')
