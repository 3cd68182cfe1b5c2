import { auth } from '@lightpress/auth-contract'
import { billing } from '@lightpress/billing-contract'
import { notifications } from '@lightpress/notifications-contract'
import { type Contract, routesOf } from '@lightpress/protocol'
import { users } from '@lightpress/users-contract'
import type { Plugin } from 'vite'

const prefix = 'virtual:lightpress-routes/'
const contracts: readonly Contract[] = [auth, users, billing, notifications]

/**
 * The contracts as a browser needs them: method, path and whether a session is needed. They are read here, in
 * Node; their schemas, and zod with them, stay behind. A module each, so that a page loads those it asks.
 */
export function contractRoutes(): Plugin {
  return {
    name: 'lightpress:contract-routes',
    resolveId: (source) => (source.startsWith(prefix) ? `\0${source}` : undefined),
    load(resolved) {
      const contract = contracts.find(({ name }) => resolved === `\0${prefix}${name}`)
      return contract && sourceOf(contract)
    },
  }
}

export function sourceOf(contract: Contract): string {
  return `export const routes = ${JSON.stringify(browserRoutes(contract))}`
}

function browserRoutes(contract: Contract) {
  return Object.fromEntries(
    Object.entries(routesOf(contract))
      .filter(([name]) => !['signed', 'platform'].includes(String(contract.operations[name]?.access)))
      .map(([name, route]) => [name, { ...route, open: contract.operations[name]?.access === 'public' }]),
  )
}
