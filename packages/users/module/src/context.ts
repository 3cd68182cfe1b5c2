import type { ModuleContext } from '@lightpress/kernel'

export type UsersContext = ModuleContext
