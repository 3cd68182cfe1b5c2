import { action, json } from '@solidjs/router'
import { notifications } from '../../api/notifications.ts'
import { read } from '../../api/read.ts'
import { readPage } from '../../api/read-page.ts'

const pageLength = 25

export const getSuppressions = read(
  'operators-suppressions',
  (address: string | undefined, cursor: string | undefined) =>
    readPage(cursor, (from) =>
      notifications.adminListSuppressions({ ...(address && { address }), limit: pageLength, ...from }),
    ),
)

export const liftSuppression = action(
  async (id: string) => json(await notifications.adminLiftSuppression({ id }), { revalidate: getSuppressions.key }),
  'lift-suppression',
)
