import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { DeployTarget } from 'infra'
import { z } from 'zod'
import { hashOf } from '../bundle-hash.ts'
import { aws, awsText } from './aws.ts'
import { Failure } from './failure.ts'

/** The folder of files that have their contents' hash in their names. */
const IMMUTABLE = 'app-assets'
const FOR_EVER = 'public,max-age=31536000,immutable'
/** What keeps its name, like an icon, may be old for a while. */
const A_WHILE = 'public,max-age=3600'
/** Kept, and asked for each time whether it is still the one. */
const ASK = 'no-cache'

export interface WebOptions {
  /** What was tested, where that is known: nothing else is put up. */
  expected?: string | undefined
}

/**
 * Puts a built web up. The page comes last, when all that it loads is there, and nothing is taken away: who has the old
 * page open still loads its parts. Gives the hash of the files.
 */
export async function deployWeb(folder: string, { web }: DeployTarget, { expected }: WebOptions): Promise<string> {
  for (const needed of ['index.html', IMMUTABLE])
    if (!existsSync(join(folder, needed)))
      throw new Failure(`There is no ${needed} in ${folder}: build the web first (nx build @lightpress/web).`)
  const hash = await hashOf(folder)
  if (expected !== undefined && hash !== expected)
    throw new Failure(`These files are not those that were tested in staging (${hash} instead of ${expected}).`)

  const bucket = `s3://${web.bucket}`
  await sync(join(folder, IMMUTABLE), `${bucket}/${IMMUTABLE}`, ['--cache-control', FOR_EVER, '--size-only'])
  await sync(folder, bucket, ['--exclude', `${IMMUTABLE}/*`, '--exclude', 'index.html', '--cache-control', A_WHILE])
  const page = ['--cache-control', ASK, '--content-type', 'text/html; charset=utf-8']
  await awsText(['s3', 'cp', join(folder, 'index.html'), `${bucket}/index.html`, ...page])
  // The page is asked for by both names; nothing else changes under its name.
  const { Invalidation } = await aws(
    ['cloudfront', 'create-invalidation', '--distribution-id', web.distribution, '--paths', '/', '/index.html'],
    z.object({ Invalidation: z.object({ Id: z.string() }) }),
  )
  console.log(`The web ${hash} is in ${bucket}; its page is fetched anew (${Invalidation.Id}).`)
  return hash
}

async function sync(folder: string, to: string, options: readonly string[]): Promise<void> {
  console.log((await awsText(['s3', 'sync', folder, to, '--no-progress', ...options])).trimEnd())
}
