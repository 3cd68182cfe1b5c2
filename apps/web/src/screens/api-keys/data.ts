import { action, json } from '@solidjs/router'
import { auth } from '../../api/auth.ts'
import { read } from '../../api/read.ts'
import { readPage } from '../../api/read-page.ts'
import { warm } from '../../api/warm.ts'

const pageLength = 20

/** Of each key the name of whoever made it; undefined for somebody who is gone. */
export const getApiKeys = read('api-keys', (cursor: string | undefined) =>
  readPage(cursor, async (from) => {
    const { items, nextCursor, creators } = await auth.listApiKeys({ limit: pageLength, ...from })
    const names = new Map(creators.map(({ id, name }) => [id, name]))
    return { items: items.map((key) => ({ ...key, creator: names.get(key.createdBy) })), nextCursor }
  }),
)

export type ListedKey = Awaited<ReturnType<typeof getApiKeys>>['items'][number]

export const getScopes = read('scopes', async () => (await auth.listScopes({})).scopes)

export function preloadApiKeys({ location }: { location: { query: Record<string, string | string[] | undefined> } }) {
  const { cursor } = location.query
  warm(getApiKeys(typeof cursor === 'string' ? cursor : undefined))
}

export const createApiKey = action(
  async (key: { name: string; scopes: string[]; expiresAt: string | null }) =>
    json(await auth.createApiKey(key), { revalidate: getApiKeys.key }),
  'create-api-key',
)

export const revokeApiKey = action(
  async (id: string) => json(await auth.revokeApiKey({ id }), { revalidate: getApiKeys.key }),
  'revoke-api-key',
)
