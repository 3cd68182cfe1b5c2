import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { begin, optionsOf } from './call.ts'
import { changeWorld } from './world.ts'

const args = process.argv.slice(2)
begin('docker', args)
const [first, second] = args
const options = optionsOf(args)
const one = (name: string) => options.get(name)?.[0] ?? ''

if (first === 'login') {
  if (readFileSync(0, 'utf8') === '') fail('Error: Cannot perform an interactive login from a non TTY device')
} else if (first === 'buildx' && second === 'build') {
  const image = one('tag')
  const digest = `sha256:${createHash('sha256').update(image).digest('hex')}`
  push(image, digest)
  writeFileSync(one('metadata-file'), JSON.stringify({ 'containerimage.digest': digest }))
} else if (first === 'buildx' && second === 'imagetools') {
  const source = args.at(-1) ?? ''
  push(one('tag'), source.split('@')[1] ?? '')
} else if (first !== 'compose' && first !== 'scout') {
  fail(`docker: '${first ?? ''}' is not a docker command.`)
}

function push(image: string, digest: string): void {
  const [repository, tag] = [image.slice(0, image.lastIndexOf(':')), image.slice(image.lastIndexOf(':') + 1)]
  const moves = tag.startsWith('branch-')
  changeWorld((world) => {
    const tags = (world.images[repository] ??= {})
    if (tags[tag] && tags[tag] !== digest && !moves)
      fail(`tag invalid: The image tag '${tag}' already exists and cannot be overwritten because the tag is immutable.`)
    tags[tag] = digest
  })
}

function fail(message: string): never {
  console.error(message)
  process.exit(1)
}
