import { developmentPeople } from '@lightpress/auth-contract'
import { errorCode } from '@lightpress/local'
import { createGateway } from '../gateway.ts'
import type { GatewayOptions } from '../gateway.ts'
import { waitUntilReady } from '../run/wait-until-ready.ts'
import { planServices, routesTo, sharedEnvironment } from '../services.ts'
import { writeAddresses } from './addresses.ts'
import { readArguments } from './arguments.ts'
import type { StartArguments } from './arguments.ts'
import { banner } from './banner.ts'
import { bringsDatabase, forThisMachine, keepEnvironment, readEnvironment, serviceEnvironment } from './environment.ts'
import { FOLDERS } from './folders.ts'
import { planGallery } from './gallery.ts'
import { takeLock } from './lock.ts'
import type { Log } from './log.ts'
import { portTaken } from './port-taken.ts'
import { migrate, seed, startProduct } from './product.ts'
import type { Shutdown } from './shutdown.ts'
import { openSurroundings } from './surroundings.ts'
import { planWeb } from './web.ts'

export interface StartOptions {
  args: string[]
  log: Log
  shutdown: Shutdown
}

/** Starts everything, each thing on top of what it needs, and says where it is. */
export async function start({ args, log, shutdown }: StartOptions): Promise<void> {
  const env = readEnvironment()
  const wanted = readArguments(args, env)
  const release = takeLock(FOLDERS.lock)
  await shutdown.add({ name: 'the lock', stop: async () => release() })
  const [services, web, gallery] = await Promise.all([planServices(wanted.topology), planWeb(), planGallery()])
  const publicUrl = `http://localhost:${wanted.port}`

  // Into a database that is somebody's own, people whose password everybody knows do not go.
  const people = bringsDatabase(env) ? [] : developmentPeople
  // The gateway first: it claims the port, and an impatient browser waits instead of being refused.
  const stopGateway = await openGateway({ routes: routesTo(services), rest: { upstream: web.url }, people }, wanted)
  const around = await openSurroundings(wanted, publicUrl, { env, log, shutdown })
  const made = { ...sharedEnvironment(around), ...forThisMachine(env) }
  const shared = serviceEnvironment(made, env)
  keepEnvironment(made)
  await migrate(shared, log)
  await shutdown.add(
    startProduct({
      services,
      web: (onLine) => web.start({ mailbox: around.mailboxUrl, onLine }),
      gallery,
      env: shared,
      log,
    }),
  )
  await shutdown.add({ name: 'the gateway', stop: stopGateway })

  const ready = [
    web.url,
    gallery.url,
    around.mailboxUrl,
    around.stripeUrl,
    ...services.map(({ url }) => `${url}/health/ready`),
  ]
  const seeded = people.length > 0 ? seed(shared, log) : undefined
  await Promise.all([seeded, ...ready.map((url) => url && waitUntilReady(url, shutdown.signal))])
  const addresses = {
    web: publicUrl,
    docs: `${publicUrl}/docs`,
    mailbox: around.mailboxUrl ?? null,
    mails: gallery.url,
    stripe: around.stripeUrl ?? null,
    queues: null,
    people: people.map(({ email, password, role }) => ({ email, password, role })),
  }
  writeAddresses(FOLDERS.addresses, addresses)
  const seconds = performance.now() / 1000
  log.show(banner(addresses, { seconds, anybody: shared.DEVELOPMENT_SIGN_IN === 'true' }))
}

async function openGateway(options: GatewayOptions, { port, command }: StartArguments): Promise<() => Promise<void>> {
  const gateway = createGateway({ ...options, waitForUpstream: 15_000 })
  try {
    // `localhost`: both loopback addresses, since browsers try both.
    await gateway.listen({ port, host: 'localhost' })
  } catch (error) {
    if (errorCode(error) === 'EADDRINUSE') throw await portTaken(port, command)
    throw error
  }
  return () => gateway.close()
}
