import { fileURLToPath } from 'node:url'
import { z } from 'zod'

export type Location =
  | { kind: 'disk'; folder: string }
  | {
      kind: 's3'
      bucket: string
      /** What the keys begin with: empty, or ending in a slash. */
      prefix: string
      region: string | undefined
      /** Of a stand-in. */
      endpoint: string | undefined
      pathStyle: boolean
    }

/** `file:///var/lib/lightpress`, or `s3://bucket/prefix?region=eu-central-1`. */
export const StorageUrl = z.string().transform((text, { addIssue }): Location => {
  try {
    return parseLocation(new URL(text))
  } catch (error) {
    addIssue(error instanceof WrongLocation ? error.message : 'it is no URL')
    return z.NEVER
  }
})

class WrongLocation extends Error {}

function parseLocation(url: URL): Location {
  switch (url.protocol) {
    case 'file:':
      return { kind: 'disk', folder: folderOf(url) }
    case 's3:':
      return { kind: 's3', ...bucketOf(url) }
    default:
      throw new WrongLocation('it must begin with file:// or s3://')
  }
}

function folderOf(url: URL): string {
  if (url.search !== '' || url.hash !== '') throw new WrongLocation('a folder has no ? and no #')
  try {
    return fileURLToPath(url)
  } catch {
    throw new WrongLocation('a folder is said from the root, with three slashes')
  }
}

const Options = z.strictObject({
  region: z
    .string()
    .regex(/^[a-z\d-]+$/)
    .optional(),
  endpoint: z.url({ protocol: /^https?$/ }).optional(),
  pathStyle: z.enum(['true', 'false']).optional(),
})

function bucketOf({ hostname, pathname, searchParams, username, password, port }: URL) {
  // Credentials come from where the AWS SDK finds them: the role of the task, the environment, a profile.
  if (username !== '' || password !== '' || port !== '')
    throw new WrongLocation('it names a bucket, and has neither credentials nor a port')
  if (!/^[a-z\d][a-z\d.-]{1,61}[a-z\d]$/.test(hostname)) throw new WrongLocation('it names no bucket')
  const folder = pathname.replace(/^\/+|\/+$/g, '')
  if (!/^[\w./-]*$/.test(folder))
    throw new WrongLocation('its prefix has other characters than letters, digits, . _ - /')
  const options = Options.safeParse(Object.fromEntries(searchParams))
  if (!options.success) throw new WrongLocation('after the ? it takes region, endpoint and pathStyle=true')
  const { region, endpoint, pathStyle } = options.data
  return { bucket: hostname, prefix: folder && `${folder}/`, region, endpoint, pathStyle: pathStyle === 'true' }
}
