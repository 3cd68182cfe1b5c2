import { main } from '../../src/index.ts'
import { ping, pong } from './modules.ts'

// A service in which, once it serves, something fails that nobody waits for: with what a failed query holds.
await main([ping, pong])
setTimeout(() => {
  throw Object.assign(new Error('Failed query: canary'), { query: 'select 1', params: ['erika@example.com'] })
})
