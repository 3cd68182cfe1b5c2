import type { ModuleContext } from '@lightpress/kernel'
import { sql } from 'drizzle-orm'

/** Deaths of a module's connection to the database, in the middle of what it writes or with its commit. */
export function createTraps(context: () => Pick<ModuleContext, 'withTx'>) {
  const trapped: string[] = []

  return {
    /** Ends the connection when it does this to a table, before the commit or with it. */
    async trap(event: string, table: string, when: 'at once' | 'with the commit' = 'at once') {
      const trigger = when === 'at once' ? `create trigger trap after ${event} on ${table}` : deferred(event, table)
      await asOwner(
        `create or replace function public.die() returns trigger language plpgsql security definer as
         $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$`,
        `${trigger} for each row execute function public.die()`,
      )
      trapped.push(table)
    },

    async disarm() {
      for (const table of trapped.splice(0)) await asOwner(`drop trigger trap on ${table}`)
    },
  }

  /** What the module itself may not do: the login owns everything. */
  async function asOwner(...statements: string[]) {
    await context().withTx(async (tx) => {
      await tx.execute(sql`set local role none`)
      for (const statement of statements) await tx.execute(sql.raw(statement))
    })
  }
}

function deferred(event: string, table: string): string {
  return `create constraint trigger trap after ${event} on ${table} deferrable initially deferred`
}
