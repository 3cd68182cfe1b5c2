import { randomUUID } from 'node:crypto'
import { Client } from 'pg'

export interface Inserted {
  userId: string
  email: string
}

/** People in users and, with a password, their accounts in auth: rows as sign-up leaves them, without the mails. */
export async function insertPeople(
  databaseUrl: string,
  { count, passwordHash }: { count: number; passwordHash?: string },
): Promise<Inserted[]> {
  const people = Array.from({ length: count }, (_, at) => ({ userId: randomUUID(), email: `person-${at}@example.com` }))
  const client = new Client(databaseUrl)
  await client.connect()
  for (const { userId, email } of people) {
    await client.query('insert into users.person (id, email, email_key, name) values ($1, $2, $2, $3)', [
      userId,
      email,
      'Ada Lovelace',
    ])
    if (passwordHash === undefined) continue
    await client.query('insert into auth.account (user_id, email, email_key, password_hash) values ($1, $2, $2, $3)', [
      userId,
      email,
      passwordHash,
    ])
  }
  await client.end()
  return people
}
