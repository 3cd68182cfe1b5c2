import { defineModule } from '@lightpress/kernel'
import { userCreated, users as contract } from '@lightpress/users-contract'
import { config } from './config.ts'
import { getOrganization, listOrganizations, readMembers, readPrincipal, updateOrganization } from './organizations.ts'
import { createUser, getMe, readUsers, updateMe } from './people.ts'
import { seed } from './seed.ts'

export const users = defineModule({
  contract,
  needs: {},
  config,
  migrations: new URL('../migrations', import.meta.url),
  publishes: [userCreated],
  handlers: {
    getMe,
    updateMe,
    listOrganizations,
    getOrganization,
    updateOrganization,
    createUser,
    readPrincipal,
    readMembers,
    readUsers,
  },
  seed,
})
