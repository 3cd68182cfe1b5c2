import { isAppError } from '@lightpress/protocol'
import { action, json } from '@solidjs/router'
import { notifications } from '../../api/notifications.ts'
import { read } from '../../api/read.ts'
import { readPage } from '../../api/read-page.ts'
import { getQueues } from '../operators-queues/data.ts'
import { getTimeline } from '../operators-timeline/data.ts'

const pageLength = 25

/** Null for a module that there is not. */
export const getDeadLetters = read('operators-dead-letters', (module: string, cursor: string | undefined) =>
  readPage(cursor, (from) => notifications.adminListDeadLetters({ module, limit: pageLength, ...from })).catch(
    nullIfNoModule,
  ),
)

export type Letter = NonNullable<Awaited<ReturnType<typeof getDeadLetters>>>['items'][number]

/** What says whether a letter is dead. */
export const aboutLetters = [getDeadLetters.key, getQueues.key, getTimeline.key]

/** All letters of the module where none is named. */
export const replayLetters = action(async (module: string, letters: readonly Letter[] | undefined) => {
  const named = letters?.map(({ id, listener }) => ({ id, listener }))
  const answer = await notifications.adminReplayDeadLetters({ module, ...(named && { letters: named }) })
  return json(answer, { revalidate: aboutLetters })
}, 'replay-dead-letters')

function nullIfNoModule(error: unknown): null {
  if (isAppError(error) && error.reason === 'notifications.module_unknown') return null
  throw error
}
