// What GET /v1/users/me costs at least: a bare Fastify and a raw pg, no sign-in, no log, no checks.
import fastify from 'fastify'
import pg from 'pg'

const { DATABASE_URL, USER_ID } = process.env
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 })
const app = fastify()

app.get('/v1/users/me', async () => {
  const { rows } = await pool.query({
    name: 'me',
    text: `select id, email, name, locale, time_zone as "timeZone", theme, created_at as "createdAt"
           from users.person where id = $1`,
    values: [USER_ID],
  })
  return rows[0] as object
})

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
