import { auth } from '../../api/auth.ts'
import { read } from '../../api/read.ts'

export const getProviders = read('sign-in-providers', async () => (await auth.listSignInProviders({})).providers)
