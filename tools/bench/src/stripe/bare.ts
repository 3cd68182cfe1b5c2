// What the mixed requests cost at least: a bare Fastify that reads the form as text and answers a customer of that size.
import fastify from 'fastify'

const customer = JSON.stringify({ id: 'cus_000000', object: 'customer', padding: 'x'.repeat(800) }, null, 2)
const app = fastify()

app.removeAllContentTypeParsers()
app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
  done(null, body)
})
app.all('/*', (_request, reply) => reply.type('application/json').send(customer))

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
