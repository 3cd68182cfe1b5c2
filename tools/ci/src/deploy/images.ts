import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DeployService, DeployTarget } from 'infra'
import { z } from 'zod'
import { workspace } from '../discover.ts'
import { aws, awsText, unlessMissing } from './aws.ts'
import { docker } from './docker.ts'
import { Failure } from './failure.ts'
import { Digest, type Plan } from './plan.ts'
import { serviceOf } from './target.ts'

export interface ImageOptions {
  /** `linux/amd64,linux/arm64` */
  platforms: string
  /** `branch-main`: besides `sha-<commit>`. */
  tags: readonly string[]
}

/** The digest of each image that the plan wants built, pushed under its tags. */
export async function pushImages(
  { commit, build, again = false }: Plan,
  target: DeployTarget,
  { platforms, tags }: ImageOptions,
): Promise<Record<string, string>> {
  const services = build.map((module) => serviceOf(target, module))
  await signInTo(services)
  const digests: Record<string, string> = {}
  for (const service of services) {
    const tag = again ? `sha-${commit}-${minuteOf(new Date())}` : `sha-${commit}`
    const there = again ? undefined : await findImage(service, `imageTag=${tag}`)
    const digest = there?.digest ?? (await buildImage(service, { tag, commit, platforms, again }))
    console.log(`${service.module}: ${there ? 'is there already,' : 'pushed'} ${service.repository}@${digest}`)
    for (const more of tags.filter((name) => !there?.tags.includes(name))) await addTag(service, digest, more)
    digests[service.module] = digest
  }
  return digests
}

/** `release-<commit>` for each image that went to production: the registry never throws those away, whatever else comes. */
export async function keepReleased({ commit, deploy }: Plan, target: DeployTarget): Promise<void> {
  await signInTo(deploy.map(({ module }) => serviceOf(target, module)))
  for (const { module, digest } of deploy) {
    if (!digest) throw new Failure(`The plan has no image of ${module}: promote.ts adds its digest.`)
    const service = serviceOf(target, module)
    const there = await findImage(service, `imageDigest=${digest}`)
    const kept = there?.tags.find((tag) => tag.startsWith(`release-${commit}`))
    const tag = kept ?? (await freeTag(service, `release-${commit}`, digest))
    if (!kept) await addTag(service, digest, tag)
    console.log(`${module}: ${digest} is kept as ${tag}`)
  }
}

/** A tag means the same image for ever: the second one of a commit, on another base, has its digest in its name. */
async function freeTag(service: DeployService, tag: string, digest: string): Promise<string> {
  return (await findImage(service, `imageTag=${tag}`)) ? `${tag}-${digest.slice('sha256:'.length).slice(0, 12)}` : tag
}

/** 202611210130 */
function minuteOf(time: Date): string {
  return time.toISOString().replaceAll(/\D/g, '').slice(0, 12)
}

function addTag({ repository }: DeployService, digest: string, tag: string): Promise<void> {
  return docker(['buildx', 'imagetools', 'create', '--tag', `${repository}:${tag}`, `${repository}@${digest}`])
}

/** `branch-<name>` with what a tag may hold. */
export function branchTag(branch: string): string {
  return `branch-${branch.replace(/[^A-Za-z0-9_.-]+/g, '-')}`.slice(0, 128)
}

interface Build {
  tag: string
  commit: string
  platforms: string
  /** On the base image of today, whatever this machine has of it. */
  again: boolean
}

/** `--provenance=false`: an attestation carries times, and would be one more image in the list. */
async function buildImage(
  { module, repository }: DeployService,
  { tag, commit, platforms, again }: Build,
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'lightpress-image-'))
  const metadata = join(folder, 'metadata.json')
  try {
    await docker([
      'buildx',
      'build',
      '--file',
      join(workspace, 'apps', `${module}-service`, 'Dockerfile'),
      '--platform',
      platforms,
      '--tag',
      `${repository}:${tag}`,
      // Its label, and the release that it names to Sentry: see the Dockerfile.
      '--build-arg',
      `REVISION=${commit}`,
      '--provenance=false',
      ...(again ? ['--pull'] : []),
      '--push',
      '--metadata-file',
      metadata,
      workspace,
    ])
    return Metadata.parse(JSON.parse(readFileSync(metadata, 'utf8')))['containerimage.digest']
  } catch (error) {
    if (error instanceof Failure) throw new Failure(`The image of ${module} was not made. ${error.message}`)
    throw new Failure(`Docker told no digest for the image of ${module}: ${String(error)}`)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const Metadata = z.object({ 'containerimage.digest': Digest })

/**
 * By `imageTag=<tag>` or `imageDigest=<digest>`. Tags of commits never move, so what is there already is what would be
 * built.
 */
export async function findImage({ repository }: DeployService, id: string) {
  const { account = '', name = '' } = /^(?<account>\d{12})\.[^/]+\/(?<name>.+)$/.exec(repository)?.groups ?? {}
  if (name === '') throw new Failure(`${repository} is no repository of ECR: <account>.dkr.ecr.<region>…/<name>.`)
  const what = ['--registry-id', account, '--repository-name', name, '--image-ids', id]
  const asked = aws(['ecr', 'describe-images', ...what], Images)
  const image = (await unlessMissing('ImageNotFoundException', asked))?.imageDetails[0]
  return image && { digest: image.imageDigest, tags: image.imageTags }
}

const Images = z.object({
  imageDetails: z.array(z.object({ imageDigest: Digest, imageTags: z.array(z.string()).default([]) })),
})

async function signInTo(services: readonly DeployService[]): Promise<void> {
  for (const registry of new Set(services.map(({ repository }) => repository.split('/')[0] ?? repository))) {
    const password = await awsText(['ecr', 'get-login-password'])
    await docker(['login', '--username', 'AWS', '--password-stdin', registry], password)
  }
}
