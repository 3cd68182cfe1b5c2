/**
 * What each kind of project may import, by its `type:` tag: modules never import modules. ESLint holds every import
 * against this table, and the graph test every edge between projects.
 */
export const layers = {
  protocol: [],
  contract: ['protocol', 'contract'],
  kernel: ['protocol'],
  module: ['protocol', 'contract', 'kernel'],
  app: ['protocol', 'contract', 'kernel', 'module'],
  web: ['protocol', 'contract'],
  infra: ['protocol', 'contract'],
  // Of infra the service catalogue: what is deployed, and how.
  tool: ['protocol', 'contract', 'kernel', 'tool', 'infra'],
} as const satisfies Record<string, readonly string[]>

export type Layer = keyof typeof layers

/** Tests may use the house's tools besides: a database, a signed token, the payment stand-in. */
export const inTests: readonly Layer[] = ['tool']
