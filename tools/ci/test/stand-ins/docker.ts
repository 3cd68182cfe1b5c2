import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { begin, Ended, optionsOf, type Call } from './call.ts'
import { changeWorld } from './world.ts'

/** Stands in for Docker, as far as images are pushed. */
export function docker(call: Call): string {
  begin('docker', call)
  const { args, input, folder } = call
  const [first, second] = args
  const one = (name: string) => optionsOf(args).get(name)?.[0] ?? ''
  if (first === 'login') {
    if (input === '') throw new Ended(1, 'Error: Cannot perform an interactive login from a non TTY device')
  } else if (first === 'buildx' && second === 'build') {
    const image = one('tag')
    const digest = `sha256:${createHash('sha256').update(image).digest('hex')}`
    push(folder, { image, digest })
    writeFileSync(one('metadata-file'), JSON.stringify({ 'containerimage.digest': digest }))
  } else if (first === 'buildx' && second === 'imagetools') {
    push(folder, { image: one('tag'), digest: args.at(-1)?.split('@')[1] ?? '' })
  } else throw new Ended(1, `docker: '${first ?? ''}' is not a docker command.`)
  return ''
}

function push(folder: string, { image, digest }: { image: string; digest: string }): void {
  const [repository, tag] = [image.slice(0, image.lastIndexOf(':')), image.slice(image.lastIndexOf(':') + 1)]
  changeWorld(folder, ({ images }) => {
    const tags = (images[repository] ??= {})
    if (tags[tag] && tags[tag] !== digest && !tag.startsWith('branch-'))
      throw new Ended(
        1,
        `tag invalid: The image tag '${tag}' already exists and cannot be overwritten: it is immutable.`,
      )
    tags[tag] = digest
  })
}
