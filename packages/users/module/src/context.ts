import type { auth } from '@lightpress/auth-contract'
import type { ModuleContext } from '@lightpress/kernel'

export type UsersContext = ModuleContext<{ auth: typeof auth }>
