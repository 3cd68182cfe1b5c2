import { startRedis } from '@lightpress/dev'

/** A Redis of this test file's own; undefined where none is installed, which the full proof does not accept. */
export const redis = await startRedis()

if (!redis && process.env.LIGHTPRESS_FULL)
  throw new Error('The full proof needs redis-server (Debian: apt-get install redis-server).')
