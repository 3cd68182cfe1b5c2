import type { Scope } from '@lightpress/auth-contract'

export interface ScopeGroup {
  /** What stands before the colon. */
  name: string
  title: string
  scopes: Scope[]
}

/** Scopes by what they are about, as they came. */
export function groupScopes(scopes: readonly Scope[]): ScopeGroup[] {
  const groups = new Map<string, Scope[]>()
  for (const scope of scopes) {
    const [name = ''] = scope.name.split(':')
    groups.set(name, [...(groups.get(name) ?? []), scope])
  }
  return [...groups].map(([name, scopes]) => ({ name, title: capital(name), scopes }))
}

/** `billing:read` as "Read billing". */
export function scopeTitle({ name }: Pick<Scope, 'name'>): string {
  const [about = '', act = ''] = name.split(':')
  const verb = act === 'write' ? 'Change' : capital(act)
  return `${verb} ${about}`.trim()
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
