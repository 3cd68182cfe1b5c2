import { action, json } from '@solidjs/router'
import { billing } from '../../api/billing.ts'
import { read } from '../../api/read.ts'
import { readPage } from '../../api/read-page.ts'

const pageLength = 10

export const getReconciliations = read('operators-drift', (cursor: string | undefined) =>
  readPage(cursor, (from) => billing.listReconciliations({ limit: pageLength, ...from })),
)

export const startReconciliation = action(
  async () => json(await billing.startReconciliation({}), { revalidate: getReconciliations.key }),
  'start-reconciliation',
)
