import pg from 'pg'
import { expect, it } from 'vitest'
import { startWorld, until } from '../support/start.ts'

it('a signal that nobody understands, or whose listener fails, ends no process', async () => {
  const world = await startWorld('one process')
  const { signals } = world.servers[0]!.contextFor('ping')
  const heard: unknown[] = []
  signals.on('test', () => {
    throw new Error('a listener failed')
  })
  signals.on('test', (message) => heard.push(message))
  const stranger = new pg.Client({ connectionString: world.databaseUrl })
  await stranger.connect()
  try {
    await stranger.query('notify lightpress_signals')
    await stranger.query("notify lightpress_signals, 'rubbish'")
    await stranger.query("notify lightpress_signals, '{}'")
    signals.emit('test', 'hello')
    await until(
      () => heard,
      (seen) => seen.length > 0,
    )
    expect(heard).toEqual(['hello'])
  } finally {
    await stranger.end()
    await world.close()
  }
})
