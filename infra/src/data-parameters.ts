/** A static parameter is taken at the next restart only, and AWS refuses to be told otherwise. */
interface DatabaseParameter {
  name: string
  value: string
  applyMethod: 'immediate' | 'pending-reboot'
}

/**
 * PostgreSQL's settings (specification, 2.8): sizes as parts of the instance's memory, so that they hold for any.
 * `rds.logical_replication` stays off, which is its default: a slot that nobody reads fills the disk.
 */
export function databaseParameters(maxConnections: number): DatabaseParameter[] {
  return [
    // Bytes of memory / 32768 are a quarter of it in pages of 8 kB; / 10923 are three quarters.
    atRestart('shared_buffers', '{DBInstanceClassMemory/32768}'),
    atOnce('effective_cache_size', '{DBInstanceClassMemory/10923}'),
    // See connection-budget.ts.
    atRestart('max_connections', String(maxConnections)),
    // In kB: 16 MB for a sort or a hash, 512 MB for a vacuum or an index.
    atOnce('work_mem', '16384'),
    atOnce('maintenance_work_mem', '524288'),
    // In MB.
    atOnce('max_wal_size', '4096'),
    // In ms. A migration sets its own for its session.
    atOnce('idle_in_transaction_session_timeout', '30000'),
    atOnce('statement_timeout', '60000'),
    atOnce('log_min_duration_statement', '1000'),
    atRestart('shared_preload_libraries', 'pg_stat_statements'),
    atOnce('pg_stat_statements.track', 'all'),
    atOnce('rds.force_ssl', '1'),
  ]
}

/** BullMQ loses jobs under any other policy: with a full memory a write must fail, not a queue vanish. */
export const queueParameters = [{ name: 'maxmemory-policy', value: 'noeviction' }]

function atOnce(name: string, value: string): DatabaseParameter {
  return { name, value, applyMethod: 'immediate' }
}

function atRestart(name: string, value: string): DatabaseParameter {
  return { name, value, applyMethod: 'pending-reboot' }
}
