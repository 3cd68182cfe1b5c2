export { startPostgres } from './postgres.ts'
export type { Postgres, PostgresOptions } from './postgres.ts'
export { createTestDatabase } from './test-database.ts'
export type { TestDatabase } from './test-database.ts'
