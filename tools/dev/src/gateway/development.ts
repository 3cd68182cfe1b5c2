import { BlockList, isIP } from 'node:net'
import { AppError } from '@lightpress/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** Somebody whom the seed made, with a password that everybody knows. */
export interface Person {
  id: string
  email: string
  password: string
  name: string
  role: string
}

const USER = 'x-dev-user-id'

/**
 * What `npm start` offers on this machine, and nothing else does: the web asks here whom one can sign in as, and programs
 * that say by a header who they are may say it by address. Without people the header is refused from elsewhere all the
 * same: behind this gateway a service sees nothing but this machine.
 */
export function serveDevelopment(gateway: FastifyInstance, people: readonly Person[]): void {
  if (people.length > 0) offer(gateway, people)
  gateway.addHook('onRequest', (request, _reply, done) => {
    const said = request.headers[USER]
    if (said === undefined) return done()
    // The services know the rest of the way only: what a proxy says to us is not passed on.
    if (!isThisMachine(request)) return done(notHere())
    const person = people.find(({ email }) => email === said)
    if (person) request.headers[USER] = person.id
    done()
  })
}

function offer(gateway: FastifyInstance, people: readonly Person[]): void {
  gateway.get('/.lightpress/development.json', (request, reply) => {
    if (!isThisMachine(request)) return reply.callNotFound()
    const known = people.map(({ email, password, name, role }) => ({ email, password, name, role }))
    return reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }).send({ people: known })
  })
}

/** Nobody in between, as a tunnel to this machine would be, and by a name that only this machine is found by. */
function isThisMachine({ socket, headers }: FastifyRequest): boolean {
  const passedOn = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'via'].some((name) => name in headers)
  const url = `http://${headers.host}`
  const name = URL.canParse(url) ? new URL(url).hostname.replace(/^\[(.*)\]$/, '$1') : ''
  return !passedOn && isLoopback(socket.remoteAddress ?? '') && (/(^|\.)localhost$/.test(name) || isLoopback(name))
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8)
loopback.addAddress('::1', 'ipv6')

function isLoopback(address: string): boolean {
  return isIP(address) !== 0 && loopback.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

function notHere(): AppError {
  return new AppError('forbidden', 'gateway.development_sign_in', 'This is only for programs on this machine.')
}
