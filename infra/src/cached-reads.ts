import type { Contract } from '@lightpress/protocol'
import { catalogue } from './catalogue.ts'

/** A public answer that the CDN may keep: the same for everybody, whoever asks and with whatever cookie. */
export interface CachedRead {
  /** As CloudFront matches it: `*` stands for anything. */
  path: string
  /** At most for so long; the answer itself may say less. */
  seconds: number
}

/** What is no JSON has its headers from its handler, and none in the contract. */
const files: readonly CachedRead[] = [{ path: '/v1/users/images/*', seconds: 86_400 }]

/** All of the interface that is kept. Queries that say so in their contract are in it by themselves. */
export const cachedReads: readonly CachedRead[] = [
  ...catalogue.flatMap(({ contract }) => cachedQueries(contract)),
  ...files,
]

export function cachedQueries({ operations }: Pick<Contract, 'operations'>): CachedRead[] {
  return Object.values(operations).flatMap(({ kind, access, path, headers }) => {
    const age = /^public, max-age=(\d+)$/.exec(headers?.['cache-control'] ?? '')?.[1]
    if (kind !== 'query' || access !== 'public' || path === undefined || age === undefined) return []
    return [{ path: path.replaceAll(/:\w+/g, '*'), seconds: Number(age) }]
  })
}
