import { command, defineContract, query } from '@lightpress/protocol'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { scopesOf } from '../src/scopes.ts'
import { ledger } from './key-support.ts'

it('what a key can be given are the scopes of all contracts, by name, with what each opens', () => {
  const nothing = { input: z.object({}), output: z.object({}) }
  const attic = defineContract('attic', {
    look: query({ path: '/v1/attic', access: 'admin', scope: 'attic:read', summary: 'Boxes.', ...nothing }),
    shelve: command({ path: '/v1/attic', access: 'owner', scope: 'ledger:read', summary: 'A shelf.', ...nothing }),
  })
  expect(scopesOf([ledger, attic])).toEqual([
    { name: 'attic:read', role: 'admin', operations: [{ method: 'GET', path: '/v1/attic', summary: 'Boxes.' }] },
    {
      name: 'ledger:read',
      role: 'owner',
      operations: [
        { method: 'GET', path: '/v1/ledger', summary: 'The book.' },
        { method: 'POST', path: '/v1/attic', summary: 'A shelf.' },
      ],
    },
    {
      name: 'ledger:write',
      role: 'admin',
      operations: [
        { method: 'POST', path: '/v1/ledger', summary: 'A line.' },
        { method: 'DELETE', path: '/v1/ledger', summary: 'No line.' },
      ],
    },
    {
      name: 'vault:write',
      role: 'owner',
      operations: [{ method: 'POST', path: '/v1/ledger/vault', summary: 'The vault.' }],
    },
  ])
})

it('where no contract is known there is nothing that a key can be given', () => {
  expect(scopesOf([])).toEqual([])
})
