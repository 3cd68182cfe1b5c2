/** A statement with its parameters as a tagged template, which both drivers can say. */
export type Query = <Row>(strings: TemplateStringsArray, ...parameters: unknown[]) => Promise<Row[]>

/** What the checks need of a driver, so that each is written once. */
export interface Driver {
  query: Query
  /** Commits when `work` resolves, rolls back when it throws. */
  transaction(work: (query: Query) => Promise<void>): Promise<void>
  close(): Promise<void>
}

export interface DriverOptions {
  url: string
  connections: number
}

/** The name by which the killer finds a driver's backends. */
export const APPLICATION = 'lightpress-faults'

export type DriverName = 'pg' | 'postgres'

/** Loads only the driver that is asked for: neither may be there to help or to harm the other. */
export async function openDriver(name: DriverName, options: DriverOptions): Promise<Driver> {
  switch (name) {
    case 'pg':
      return (await import('./drivers/kernel.ts')).openKernel(options)
    case 'postgres':
      return (await import('./drivers/postgres-js.ts')).openPostgresJs(options)
  }
}
