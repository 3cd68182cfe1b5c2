import { isAppError } from '@lightpress/protocol'
import { action, json } from '@solidjs/router'
import { notifications } from '../../api/notifications.ts'
import { read } from '../../api/read.ts'
import { readPage } from '../../api/read-page.ts'
import { getQueues } from '../operators-queues/data.ts'
import { deadByModule } from '../operators-queues/words.ts'
import { getTimeline } from '../operators-timeline/data.ts'

const pageLength = 25

/** Null for a module that there is not. */
export const getDeadLetters = read('operators-dead-letters', (module: string, cursor: string | undefined) =>
  readPage(cursor, (from) => notifications.adminListDeadLetters({ module, limit: pageLength, ...from })).catch(
    nullIfNoModule,
  ),
)

export type Letter = NonNullable<Awaited<ReturnType<typeof getDeadLetters>>>['items'][number]

/** How letters stand, each with all who listen. */
export async function readLetterStates(module: string, ids: string[]) {
  return (await notifications.adminReadLetterStates({ module, ids })).items
}

/** How many of a module are dead, as far as it says so. */
export async function countDead(module: string): Promise<number | undefined> {
  const { items, missing } = await getQueues()
  return missing.includes(module) ? undefined : (deadByModule(items).find((one) => one.module === module)?.dead ?? 0)
}

/** All letters of the module where none is named. The list of them is read again by whoever shows it. */
export const replayLetters = action(async (module: string, letters: readonly Letter[] | undefined) => {
  const named = letters?.map(({ id, listener }) => ({ id, listener }))
  const answer = await notifications.adminReplayDeadLetters({ module, ...(named && { letters: named }) })
  return json(answer, { revalidate: [getQueues.key, getTimeline.key] })
}, 'replay-dead-letters')

function nullIfNoModule(error: unknown): null {
  if (isAppError(error) && error.reason === 'notifications.module_unknown') return null
  throw error
}
