import { enableCompileCache, flushCompileCache } from 'node:module'

// What was compiled at the first start is found again at the next, which then takes half the time. It holds for modules
// that are imported from here on; a process that is killed would not write it by itself.
enableCompileCache()
const { run } = await import('./command.ts')
await run()
flushCompileCache()
