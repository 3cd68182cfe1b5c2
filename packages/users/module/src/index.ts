import { auth } from '@lightpress/auth-contract'
import { defineModule } from '@lightpress/kernel'
import { accessChanged, userCreated, users as contract } from '@lightpress/users-contract'
import { restoreUser, suspendUser } from './access.ts'
import { config } from './config.ts'
import { copyEmail, onEmailChanged } from './email-copy.ts'
import { demote, promote } from './operators.ts'
import { getOrganization, listOrganizations, readMembers, readPrincipal, updateOrganization } from './organizations.ts'
import { createUser, getMe, readUsers, updateMe } from './people.ts'
import { seed } from './seed.ts'

export const users = defineModule({
  contract,
  needs: { auth },
  config,
  migrations: new URL('../migrations', import.meta.url),
  publishes: [userCreated, accessChanged],
  handlers: {
    getMe,
    updateMe,
    listOrganizations,
    getOrganization,
    updateOrganization,
    suspendUser,
    restoreUser,
    createUser,
    readPrincipal,
    readMembers,
    readUsers,
  },
  listeners: [onEmailChanged],
  jobs: [copyEmail],
  commands: [promote, demote],
  seed,
})
