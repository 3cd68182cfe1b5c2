import type { Role } from '@lightpress/protocol'
import { describe, expect, it } from 'vitest'
import { mayBecome, mayChangeRole, mayInvite, mayRemove } from '../src/roles.ts'

const roles: readonly Role[] = ['member', 'admin', 'owner']

describe('with others', () => {
  it.each<[Role, Role[]]>([
    ['member', []],
    ['admin', ['member', 'admin']],
    ['owner', ['member', 'admin', 'owner']],
  ])('somebody who is %s invites and removes whoever is one of %j, and nobody else', (role, managed) => {
    expect(roles.filter((given) => mayInvite(role, given))).toEqual(managed)
    expect(roles.filter((member) => mayRemove(role, member))).toEqual(managed)
  })

  it.each<[Role, string[]]>([
    ['member', []],
    ['admin', ['member to member', 'member to admin', 'admin to member', 'admin to admin']],
    [
      'owner',
      [
        'member to member',
        'member to admin',
        'member to owner',
        'admin to member',
        'admin to admin',
        'admin to owner',
        'owner to member',
        'owner to admin',
        'owner to owner',
      ],
    ],
  ])('somebody who is %s changes exactly %j', (role, changes) => {
    const may = roles.flatMap((from) =>
      roles.filter((to) => mayChangeRole(role, { from, to })).map((to) => `${from} to ${to}`),
    )
    expect(may).toEqual(changes)
  })
})

describe('with oneself', () => {
  it.each<[Role, Role[]]>([
    ['member', ['member']],
    ['admin', ['member', 'admin']],
    ['owner', ['member', 'admin', 'owner']],
  ])('somebody who is %s becomes one of %j, never more than they are', (role, possible) => {
    expect(roles.filter((to) => mayBecome(role, to))).toEqual(possible)
  })
})
