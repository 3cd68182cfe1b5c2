import { startPostgres } from './postgres.ts'

/**
 * Vitest's global set-up: one PostgreSQL for all projects of a run, gone afterwards however the run ends.
 * Whoever sets TEST_POSTGRES_URL (a superuser's) has their own server used instead.
 */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.TEST_POSTGRES_URL) return undefined
  const postgres = await startPostgres()
  process.env.TEST_POSTGRES_URL = postgres.url
  return () => postgres.stop()
}
