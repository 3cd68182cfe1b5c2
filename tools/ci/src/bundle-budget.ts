import type { Bundle } from './bundle.ts'

const MEGABYTE = 1024 * 1024

/** Bytes of main.js: what Node reads before a service is ready. */
const SCRIPT = 5 * MEGABYTE

/** Bytes that an image may weigh over its base, which is what a new task pulls. The library for images weighs 20 MB. */
export function imageBudget(app: string): number {
  return (app === 'users-service' ? 40 : 15) * MEGABYTE
}

/** What of a bundle is larger than it may be, each in a sentence. */
export function overBudget(app: string, { files }: Pick<Bundle, 'files'>): string[] {
  const script = files.find(({ path }) => path === 'main.js')?.bytes ?? 0
  const all = files.reduce((sum, { bytes }) => sum + bytes, 0)
  const say = (what: string, bytes: number, budget: number) =>
    bytes > budget ? [`${what} of ${app} has ${megabytes(bytes)}, and ${megabytes(budget)} is what it may have.`] : []
  return [...say('main.js', script, SCRIPT), ...say('The bundle', all, imageBudget(app))]
}

export function megabytes(bytes: number): string {
  return `${(bytes / MEGABYTE).toFixed(1)} MB`
}
