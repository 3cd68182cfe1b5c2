import { action } from '@solidjs/router'
import { entrance } from '../../api/entrance.ts'
import { enter } from '../../api/enter.ts'

export const signIn = action(
  (email: string, password: string, next: string | undefined) =>
    enter({ send: () => entrance.signIn({ email, password, mode: 'cookie' }), next, email }),
  'sign-in',
)
