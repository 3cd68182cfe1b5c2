import autocannon from 'autocannon'
import { cpuSeconds, type Started } from './process.ts'

/** How long a server is asked in one round, and by how many at once. */
export const SECONDS = 3
export const CONNECTIONS = 50

export interface Shot {
  requestsPerSecond: number
  /** Microseconds of the server's CPU for one request: what others do on the machine shows less in it. */
  cpu: number
}

/** Asks a server for as much as it can; a request that is not answered well fails the measurement. */
export async function fire({
  process: { pid },
  url,
  headers,
}: {
  process: Started
  url: string
  headers: Record<string, string>
}): Promise<Shot> {
  const before = cpuSeconds(pid)
  const { requests, non2xx, errors, duration } = await autocannon({
    url,
    headers,
    connections: CONNECTIONS,
    duration: SECONDS,
  })
  if (non2xx + errors > 0) throw new Error(`${non2xx + errors} requests to ${url} failed.`)
  return { requestsPerSecond: requests.total / duration, cpu: ((cpuSeconds(pid) - before) / requests.total) * 1e6 }
}
