import { isAppError } from '@lightpress/protocol'
import { action, json } from '@solidjs/router'
import { read } from '../../api/read.ts'
import { readPage } from '../../api/read-page.ts'
import { users } from '../../api/users.ts'
import type { Search } from './states.ts'

const pageLength = 25

export const getUsers = read('operators-users', (search: Search, cursor: string | undefined) =>
  readPage(cursor, (from) => users.searchUsers({ ...search, limit: pageLength, ...from })),
)

/** Null for nobody. */
export const getUser = read('operators-user', (id: string) => users.readUser({ id }).catch(nullIfNone))

/** What tells whether somebody may come in. */
const aboutUsers = [getUsers.key, getUser.key, 'operators-organization', 'operators-members', 'audit']

export const suspendUser = action(
  async (id: string) => json(await users.suspendUser({ id }), { revalidate: aboutUsers }),
  'suspend-user',
)

export const restoreUser = action(
  async (id: string) => json(await users.restoreUser({ id }), { revalidate: aboutUsers }),
  'restore-user',
)

/** An id that is none is nobody's, either. */
export function nullIfNone(error: unknown): null {
  if (isAppError(error) && (error.code === 'not_found' || error.errors.some(({ path }) => path === 'id'))) return null
  throw error
}
