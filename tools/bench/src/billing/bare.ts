// What taking a webhook costs at least: a bare Fastify that verifies the signature and notes the event by a raw pg.
import fastify from 'fastify'
import pg from 'pg'
import Stripe from 'stripe'

const { DATABASE_URL, STRIPE_WEBHOOK_SECRET = '' } = process.env
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 })
const app = fastify()

app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
app.post<{ Body: Buffer }>('/', async ({ body, headers }) => {
  const signature = headers['stripe-signature'] ?? ''
  const { id, type, created, data } = Stripe.webhooks.constructEvent(body, signature, STRIPE_WEBHOOK_SECRET, 300)
  await pool.query({
    name: 'take',
    text: `insert into billing.stripe_event (id, type, stripe_customer_id, created_at)
           values ($1, $2, $3, to_timestamp($4)) on conflict do nothing`,
    values: [id, type, (data.object as { customer: string }).customer, created],
  })
  return { received: true }
})

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
process.send?.('ready')
