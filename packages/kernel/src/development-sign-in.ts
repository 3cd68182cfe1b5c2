import type { KernelConfig } from './config.ts'
import type { Invoke } from './invoke.ts'
import type { Logger } from './logging.ts'
import { isLoopbackName } from './origin.ts'

// That programs can be anybody in development: where it may be, and the one way to it.

/** The condition is one that the bundler knows: what is shipped has neither the file nor a way to it. */
export async function openDevelopmentSignIn({
  kernel,
  invoke,
  log,
}: {
  kernel: KernelConfig
  invoke: Invoke
  log: Logger
}) {
  if (process.env.LIGHTPRESS_BUNDLED !== 'true' && kernel.DEVELOPMENT_SIGN_IN) {
    const { createDevelopmentSignIn } = await import('./development.ts')
    log.warn('DEVELOPMENT_SIGN_IN is on: programs on this machine can be anybody')
    return createDevelopmentSignIn({ publicUrl: kernel.PUBLIC_URL, invoke, log })
  }
  return undefined
}

/** What of the configuration says where this process can be reached from. */
interface Place {
  NODE_ENV: string
  HOST: string
  PUBLIC_URL: string
}

/** Why it must not be on here: every reason, none where it may. It is for this machine alone, and for the sources. */
export function whyNotAnybody({ NODE_ENV, HOST, PUBLIC_URL }: Partial<Place>): string[] {
  return [
    process.env.LIGHTPRESS_BUNDLED === 'true' && 'not in a bundle',
    NODE_ENV === 'production' && 'not where NODE_ENV is production',
    HOST !== undefined &&
      !isLoopbackAddress(HOST) &&
      `HOST must be a loopback address such as 127.0.0.1, and not ${HOST}`,
    PUBLIC_URL !== undefined &&
      !(URL.canParse(PUBLIC_URL) && isLoopbackName(new URL(PUBLIC_URL).hostname)) &&
      `PUBLIC_URL must be of this machine, such as http://localhost:3000, and not ${PUBLIC_URL}`,
  ].filter((reason) => reason !== false)
}

/** Of a socket, or to listen at: RFC 1122, 3.2.1.3 (g); RFC 4291, 2.5.3; and the former as the latter (2.5.5.2). */
export function isLoopbackAddress(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127(\.\d{1,3}){3}$/i.test(address)
}
