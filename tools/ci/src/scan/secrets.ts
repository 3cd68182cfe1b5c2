import { z } from 'zod'
import { capture, parseReport, type Finding } from './tool.ts'

const Report = z.array(
  z.object({
    Fingerprint: z.string(),
    RuleID: z.string(),
    Description: z.string(),
    File: z.string(),
    StartLine: z.number(),
  }),
)

/** Secrets in this clone's history; a shallow clone has as much of it as was fetched. The report does not repeat them. */
export async function scanSecrets(): Promise<Finding[]> {
  const scanned = await capture('gitleaks', [
    'git',
    '--no-banner',
    '--redact',
    // It would end with 1 both when it found something and when it could not look.
    ...['--exit-code', '0'],
    ...['--report-format', 'json', '--report-path', '-'],
    '.',
  ])
  if (scanned.code !== 0)
    throw new Error(`gitleaks ended with ${scanned.code}.\n${scanned.errors.trim().slice(-2_000)}`)
  const report = Report.safeParse(parseReport('gitleaks', scanned))
  if (!report.success) throw new Error(`gitleaks' report is none: ${z.prettifyError(report.error)}`)
  return report.data.map(({ Fingerprint, Description, File, StartLine }) => ({
    id: Fingerprint,
    severity: 'HIGH',
    where: `${File}:${StartLine}`,
    title: Description,
  }))
}
