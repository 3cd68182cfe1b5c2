import { entrance } from '../api/entrance.ts'
import { startSession } from '../api/session-start.ts'
import { keepBegun } from '../screens/second-factor/begun.ts'
import { dropDrafts } from '../ui/drafts.ts'
import type { SeededPerson } from './parse-people.ts'

/** By the door that everybody takes. The page is loaded anew: what one person had is not the next one's. */
export async function signInAs({ email, password }: SeededPerson, next = '/dashboard'): Promise<void> {
  const wanted = await startSession(() => entrance.signIn({ email, password, mode: 'cookie' }))
  dropDrafts()
  if (wanted) keepBegun({ ...wanted, next, email })
  location.assign(wanted ? '/sign-in/second-factor' : next)
}
