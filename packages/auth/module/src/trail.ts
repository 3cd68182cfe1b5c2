import { readActs, type TrailPage } from '@lightpress/kernel'
import type { TrailItem, TrailSubject } from '@lightpress/protocol'
import type { AuthContext } from './context.ts'
import { auditEntry } from './schema.ts'

/** The entries of the audit log, for whoever reads what happened in all modules. Whence and why is not among it. */
export function trail(about: TrailSubject, page: TrailPage, ctx: AuthContext): Promise<TrailItem[]> {
  const { sessionId, impersonatorId, apiKeyId, method, factor } = auditEntry
  const details = { sessionId, impersonatorId, apiKeyId, method, factor }
  return readActs({ module: 'auth', table: auditEntry, details }, { about, page }, ctx)
}
