import { z } from 'zod'
import type { Finding } from './tool.ts'

const LONGEST_DAYS = 180

const Allowed = z.strictObject({
  /** As the scan prints it. */
  id: z.string().min(1),
  /** Only there: the package, image or file that the scan prints. Everywhere without it. */
  where: z.string().min(1).optional(),
  /** Why it does no harm here, or what is waited for. */
  reason: z.string().min(20),
  expires: z.iso.date(),
})
export type Allowed = z.output<typeof Allowed>

/** The exceptions that hold on that day, and what is wrong with the others. */
export function parseAllowed(list: unknown, today: string): { entries: Allowed[]; problems: string[] } {
  const all = z.array(Allowed).parse(list)
  const latest = new Date(Date.parse(today) + LONGEST_DAYS * 86_400_000).toISOString().slice(0, 10)
  const expired = all.filter(({ expires }) => expires < today)
  const endless = all.filter(({ expires }) => expires > latest)
  return {
    entries: all.filter((entry) => !expired.includes(entry) && !endless.includes(entry)),
    problems: [
      ...expired.map(({ id, expires }) => `${id} was allowed until ${expires}: mend it, or say anew why not.`),
      ...endless.map(
        ({ id, expires }) => `${id} is allowed until ${expires}: an exception lasts ${LONGEST_DAYS} days at most.`,
      ),
    ],
  }
}

/** What stops the pipeline, what an exception covers, and exceptions that cover nothing. */
export function judgeFindings(findings: readonly Finding[], entries: readonly Allowed[]) {
  const judged = findings.map((finding) => ({ finding, entry: entries.find((entry) => covers(entry, finding)) }))
  return {
    blocking: judged.filter(({ entry }) => !entry).map(({ finding }) => finding),
    tolerated: judged.flatMap(({ finding, entry }) => (entry ? [{ finding, entry }] : [])),
    unused: entries.filter((entry) => !findings.some((finding) => covers(entry, finding))),
  }
}

function covers({ id, where }: Allowed, finding: Finding): boolean {
  return finding.id === id && (where === undefined || finding.where === where)
}
