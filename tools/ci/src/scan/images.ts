import { z } from 'zod'
import { capture, parseReport, severityOf, type Finding } from './tool.ts'

const Vulnerability = z.object({
  VulnerabilityID: z.string(),
  PkgName: z.string(),
  InstalledVersion: z.string().default('?'),
  FixedVersion: z.string().optional(),
  Severity: z.string(),
  Title: z.string().default('without a title'),
})
const Secret = z.object({
  RuleID: z.string(),
  Severity: z.string(),
  Title: z.string(),
  StartLine: z.number().optional(),
})
const Report = z.object({
  // Absent where trivy knows nothing that it could look at: an image has a system at least.
  Results: z.array(
    z.object({
      Target: z.string(),
      Vulnerabilities: z.array(Vulnerability).nullish(),
      Secrets: z.array(Secret).nullish(),
    }),
  ),
})

/** Known holes in an image's packages, and secrets in its layers. */
export async function scanImage(reference: string): Promise<Finding[]> {
  const scanned = await capture('trivy', [
    'image',
    '--quiet',
    ...['--format', 'json'],
    ...['--scanners', 'vuln,secret'],
    ...['--severity', 'CRITICAL,HIGH'],
    reference,
  ])
  if (scanned.code !== 0) throw new Error(`trivy ended with ${scanned.code}.\n${scanned.errors.trim().slice(-2_000)}`)
  const report = Report.safeParse(parseReport('trivy', scanned))
  if (!report.success) throw new Error(`trivy's report is none: ${z.prettifyError(report.error)}`)
  return report.data.Results.flatMap(({ Target, Vulnerabilities, Secrets }) => [
    ...(Vulnerabilities ?? []).map((one) => ({
      id: one.VulnerabilityID,
      word: one.Severity,
      where: `${one.PkgName} ${one.InstalledVersion}`,
      title: `${one.Title}${one.FixedVersion ? ` (mended in ${one.FixedVersion})` : ' (not mended yet)'}`,
    })),
    ...(Secrets ?? []).map((one) => ({
      id: `${Target}:${one.RuleID}`,
      word: one.Severity,
      where: `${Target}:${one.StartLine ?? '?'}`,
      title: one.Title,
    })),
  ]).flatMap(({ word, ...rest }) => {
    const severity = severityOf(word)
    return severity ? [{ ...rest, severity }] : []
  })
}
