// Auth in a process of its own, on the database that is named, for whoever measures it: says its port and ends with its
// parent.
import { fakeNeighbour, serve } from '@lightpress/kernel'
import { defineContract } from '@lightpress/protocol'
import { testEnvironment } from '@lightpress/testing'
import { users } from '@lightpress/users-contract'
import { auth } from '../src/index.ts'
import { createUsers } from './support.ts'

const [databaseUrl = ''] = process.argv.slice(2)
const { port } = await serve([auth], {
  env: { ...testEnvironment(databaseUrl), ROLES: 'http', TRUSTED_PROXIES: '127.0.0.1' },
  neighbours: [fakeNeighbour(users, createUsers() as never), fakeNeighbour(defineContract('notifications', {}), {})],
})
process.once('disconnect', () => process.exit())
process.send?.(port)
