import { requires, startRedis } from '@lightpress/local'

/** A Redis of this test file's own; undefined, and said so, where none is installed. */
export const redis = requires('redis-server') ? await startRedis() : undefined
