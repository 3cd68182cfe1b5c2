import { composeMessage, type Environment, type News } from './message.ts'

/**
 * Keeps one item a release on a Monday board, found by its name: created after the first deployment, its status changed
 * after each further one, and what happened is added below it. Only deployments that ended are kept.
 */
export async function tellMonday(news: News, environment: Environment): Promise<string> {
  const { MONDAY_TOKEN, MONDAY_BOARD, MONDAY_STATUS_COLUMN = 'status', MONDAY_API_URL } = environment
  if (!MONDAY_TOKEN) return 'nothing is kept, because MONDAY_TOKEN is not set.'
  if (!MONDAY_BOARD)
    throw new Error("MONDAY_TOKEN is set and MONDAY_BOARD is not: it is the number in the board's address.")
  const label = statusOf(news)
  if (!label) return 'keeps only deployments that ended.'

  const ask = askerOf(MONDAY_TOKEN, MONDAY_API_URL)
  const board = MONDAY_BOARD
  const name = `Release ${news.commit}`
  const values = JSON.stringify({ [MONDAY_STATUS_COLUMN]: { label } })
  const { items_page_by_column_values: page } = await ask<Found>(FIND, { board, name })
  const known = page.items[0]?.id
  const item = known ?? (await ask<Created>(CREATE, { board, name, values })).create_item.id
  if (known) await ask(CHANGE, { board, item, values })
  await ask(COMMENT, { item, body: composeMessage(news) })
  return `${name} is "${label}".`
}

function statusOf({ event, environment }: News): string | undefined {
  if (!environment) return undefined
  if (event === 'failure') return `Failed on ${environment}`
  return event === 'success' ? `On ${environment}` : undefined
}

interface Found {
  items_page_by_column_values: { items: { id: string }[] }
}
interface Created {
  create_item: { id: string }
}

const FIND = `query ($board: ID!, $name: String!) {
  items_page_by_column_values(board_id: $board, limit: 1, columns: [{ column_id: "name", column_values: [$name] }]) {
    items { id }
  }
}`
const CREATE = `mutation ($board: ID!, $name: String!, $values: JSON!) {
  create_item(board_id: $board, item_name: $name, column_values: $values, create_labels_if_missing: true) { id }
}`
const CHANGE = `mutation ($board: ID!, $item: ID!, $values: JSON!) {
  change_multiple_column_values(
    board_id: $board, item_id: $item, column_values: $values, create_labels_if_missing: true
  ) { id }
}`
const COMMENT = `mutation ($item: ID!, $body: String!) { create_update(item_id: $item, body: $body) { id } }`

/** No `API-Version`: Monday then takes its current one, and a version that is named here would be retired in a year. */
function askerOf(token: string, api = 'https://api.monday.com/v2') {
  return async <Answer>(query: string, variables: Record<string, string>): Promise<Answer> => {
    const response = await fetch(api, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: token },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(10_000),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`Monday answered ${response.status} ${text.slice(0, 300)}`)
    // GraphQL answers 200 to what it refuses, too.
    const { data, errors } = JSON.parse(text) as { data?: Answer; errors?: { message: string }[] }
    if (errors?.length || !data)
      throw new Error(`Monday refused: ${errors?.map(({ message }) => message).join('; ') ?? text}`)
    return data
  }
}
