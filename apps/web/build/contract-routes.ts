import { auth } from '@lightpress/auth-contract'
import { billing } from '@lightpress/billing-contract'
import { notifications } from '@lightpress/notifications-contract'
import { type Contract, routesOf } from '@lightpress/protocol'
import { users } from '@lightpress/users-contract'
import type { Plugin } from 'vite'

const id = 'virtual:lightpress-routes'

/**
 * The contracts as a browser needs them: method, path and whether a session is needed. They are read here, in
 * Node; their schemas, and zod with them, stay behind.
 */
export function contractRoutes(): Plugin {
  return {
    name: 'lightpress:contract-routes',
    resolveId: (source) => (source === id ? `\0${id}` : undefined),
    load: (resolved) => (resolved === `\0${id}` ? sourceOf([auth, users, billing, notifications]) : undefined),
  }
}

export function sourceOf(contracts: readonly Contract[]): string {
  return contracts
    .map((contract) => `export const ${contract.name} = ${JSON.stringify(browserRoutes(contract))}`)
    .join('\n')
}

function browserRoutes(contract: Contract) {
  return Object.fromEntries(
    Object.entries(routesOf(contract))
      .filter(([name]) => !['signed', 'platform'].includes(String(contract.operations[name]?.access)))
      .map(([name, route]) => [name, { ...route, open: contract.operations[name]?.access === 'public' }]),
  )
}
