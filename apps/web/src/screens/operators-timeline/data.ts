import type { TrailItem } from '@lightpress/protocol'
import { notifications } from '../../api/notifications.ts'
import { read } from '../../api/read.ts'
import { readPage } from '../../api/read-page.ts'
import type { Subject } from './subject.ts'

const pageLength = 50

export interface TimelinePage {
  items: TrailItem[]
  nextCursor: string | null
  missing: string[]
}

const nothing: TimelinePage = { items: [], nextCursor: null, missing: [] }

export const getTimeline = read(
  'operators-timeline',
  async (subject: Subject | null | undefined, cursor: string | undefined): Promise<TimelinePage> => {
    if (!subject) return nothing
    let missing: string[] = []
    const page = await readPage(cursor, async (from) => {
      const answer = await notifications.adminReadTimeline({ ...subject, limit: pageLength, ...from })
      missing = answer.missing
      return answer
    })
    return { ...page, missing }
  },
)
