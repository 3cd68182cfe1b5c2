import type { Scope } from '@lightpress/auth-contract'
import { ranksAtLeast, type Contract, type Role } from '@lightpress/protocol'

/**
 * What an API key can be given, as the contracts declare it, by name. Whoever gives a scope needs the highest role that
 * any of its operations asks of a person: a key must not be a way to more than its maker may.
 */
export function scopesOf(contracts: readonly Contract[]): Scope[] {
  const scopes = new Map<string, Scope>()
  for (const { method, path, summary, access, scope: name } of contracts.flatMap(operationsOf)) {
    if (path === undefined || name === undefined) continue
    // A contract refuses a scope beside any other access.
    const needed = access as Role
    const scope = scopes.get(name) ?? { name, role: needed, operations: [] }
    if (ranksAtLeast(needed, scope.role)) scope.role = needed
    scope.operations.push({ method, path, summary })
    scopes.set(name, scope)
  }
  return [...scopes.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

function operationsOf({ operations }: Contract) {
  return Object.values(operations)
}
