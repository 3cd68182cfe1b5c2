import { sql } from 'drizzle-orm'
import type { App } from './support.ts'

/** Deaths of our connection to the database, in the middle of what is written or with its commit. */
export function createTraps(app: () => App) {
  const trapped: string[] = []

  return {
    async trap(event: string, table: string, when: 'at once' | 'with the commit' = 'at once') {
      const trigger =
        when === 'at once'
          ? `create trigger trap after ${event} on ${table} for each row`
          : `create constraint trigger trap after ${event} on ${table} deferrable initially deferred for each row`
      await asOwner(
        `create or replace function public.die() returns trigger language plpgsql security definer as
         $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$`,
        `${trigger} execute function public.die()`,
      )
      trapped.push(table)
    },

    async disarm() {
      for (const table of trapped.splice(0)) await asOwner(`drop trigger trap on ${table}`)
    },
  }

  /** What the module itself may not do: the login owns everything. */
  async function asOwner(...statements: string[]) {
    await app()
      .contextFor('users')
      .withTx(async (tx) => {
        await tx.execute(sql`set local role none`)
        for (const statement of statements) await tx.execute(sql.raw(statement))
      })
  }
}
