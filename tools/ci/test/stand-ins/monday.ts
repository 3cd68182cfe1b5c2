import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

export interface MondayItem {
  name: string
  values: Record<string, unknown>
  updates: string[]
}

export interface MondayStandIn {
  url: string
  items(): MondayItem[]
  stop(): Promise<void>
}

type Variables = Record<string, string>

/**
 * One board of Monday: the four operations of its GraphQL API that releases need, which it refuses when a variable is
 * missing, unknown or not declared. Refusals are answered with 200, as GraphQL does; only the token is not.
 */
export async function startMonday(own: { token: string; board: string }): Promise<MondayStandIn> {
  const items: MondayItem[] = []
  const operations: Record<string, (variables: Variables) => unknown> = {
    items_page_by_column_values: ({ name }) => ({
      items: items.flatMap((item, index) => (item.name === name ? [{ id: `${index}` }] : [])),
    }),
    create_item: ({ name = '', values = '' }) => {
      items.push({ name, values: JSON.parse(values) as Record<string, unknown>, updates: [] })
      return { id: `${items.length - 1}` }
    },
    change_multiple_column_values: ({ item = '', values = '' }) => {
      Object.assign(items[Number(item)]!.values, JSON.parse(values))
      return { id: item }
    },
    create_update: ({ item = '', body = '' }) => {
      items[Number(item)]!.updates.push(body)
      return { id: '1' }
    },
  }
  const server = createServer((request, response) => {
    void json(request).then((asked) => {
      const { query, variables } = asked as { query: string; variables: Variables }
      if (request.headers.authorization !== own.token)
        return response.writeHead(401).end('{"error":"Not Authenticated"}')
      response.setHeader('content-type', 'application/json')
      try {
        response.end(JSON.stringify({ data: answer(query, variables) }))
      } catch (error) {
        response.end(JSON.stringify({ errors: [{ message: (error as Error).message }] }))
      }
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2`,
    items: () => items,
    async stop() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }

  function answer(query: string, variables: Variables) {
    const [, kind, declared = '', name = ''] = /^(query|mutation) \(([^)]*)\) \{\s*(\w+)\(/.exec(query) ?? []
    const operation = operations[name]
    if (!operation || (kind === 'query') !== (name === 'items_page_by_column_values'))
      throw new Error(`Cannot ${kind} field "${name}"`)
    const names = [...declared.matchAll(/\$(\w+): \w+!/g)].map(([, variable = '']) => variable)
    const missing = names.filter((variable) => typeof variables[variable] !== 'string')
    const undeclared = [...query.matchAll(/[^$(]\$(\w+)/g)].filter(([, variable = '']) => !names.includes(variable))
    if (missing.length + undeclared.length > 0) throw new Error(`Variables: ${missing.join()} ${undeclared.join()}`)
    if (variables.board !== undefined && variables.board !== own.board) throw new Error('Board not found')
    return { [name]: operation(variables) }
  }
}
