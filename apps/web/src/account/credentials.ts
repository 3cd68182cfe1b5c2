import { auth } from '../api/auth.ts'
import { read } from '../api/read.ts'

/** All that the person can prove themself with. */
export const getCredentials = read('credentials', () => auth.getCredentials({}))
