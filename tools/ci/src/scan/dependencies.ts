import { z } from 'zod'
import { packageManagerOf } from '../discover.ts'
import { capture, parseReport, severityOf, type Finding } from './tool.ts'

const Report = z.object({
  advisories: z.record(
    z.string(),
    z.object({
      github_advisory_id: z.string(),
      module_name: z.string(),
      severity: z.string(),
      title: z.string(),
      patched_versions: z.string().nullish(),
    }),
  ),
})

/** Known holes in what pnpm-lock.yaml names, by the registry's advisories. */
export async function scanDependencies(): Promise<Finding[]> {
  // It ends with 1 when it found something, and when it could not ask.
  const audit = await capture('npx', ['--yes', packageManagerOf(), 'audit', '--json'])
  const report = Report.safeParse(parseReport('pnpm audit', audit))
  if (!report.success)
    throw new Error(`pnpm audit did not answer with advisories: ${audit.output.trim().slice(0, 2_000)}`)
  return Object.values(report.data.advisories).flatMap((advisory) => {
    const severity = severityOf(advisory.severity)
    const mended = advisory.patched_versions ? ` (mended in ${advisory.patched_versions})` : ''
    if (!severity) return []
    return [{ id: advisory.github_advisory_id, severity, where: advisory.module_name, title: advisory.title + mended }]
  })
}
