import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { commitOf, createAccount, digestOf, hashOf, planOf, type Account } from './account.ts'

let account: Account
beforeEach(() => {
  account = createAccount('staging')
  const { deploy, ...plan } = planOf('staging', 'users', 'billing')
  account.writePlan({ ...plan, deploy: deploy.slice(0, 1).map(({ module, hash }) => ({ module, hash })) })
})
afterEach(() => account.remove())

const images = (...more: string[]) => account.run('images', '--plan', account.plan, '--branch', 'feat/x', ...more)
const built = () => account.calls().filter((call) => call.startsWith('docker buildx build'))
const tag = `sha-${commitOf('new')}`

describe('the images of a plan', () => {
  it('are built of each Dockerfile for both architectures, and pushed under the commit', async () => {
    const { code, output } = await images()
    expect(output).toContain('users: pushed')
    expect(code).toBe(0)
    const [login, ...rest] = account.calls().filter((call) => call.startsWith('docker'))
    expect(login).toBe('docker login --username AWS --password-stdin 123456789012.dkr.ecr.eu-west-2.amazonaws.com')
    expect(rest.some((call) => call.startsWith('docker login'))).toBe(false)
    expect(built()).toHaveLength(2)
    expect(built()[0]).toMatch(
      new RegExp(`--file \\S+/apps/users-service/Dockerfile --platform linux/amd64,linux/arm64 --tag \\S+:${tag}`),
    )
    expect(built()[0]).toContain(`--build-arg REVISION=${commitOf('new')}`)
  })

  it('get the tag of the branch, which leads to the same digest', async () => {
    await images('--platforms', 'linux/arm64')
    const tags = account.world().images[account.target.services[1]!.repository]!
    expect(Object.keys(tags)).toEqual([tag, 'branch-feat-x'])
    expect(new Set(Object.values(tags)).size).toBe(1)
    expect(built()[0]).toContain('--platform linux/arm64 ')
  })

  it('are in the plan by their digests', async () => {
    await images()
    const { deploy, images: digests } = account.readPlan()
    const tags = account.world().images[account.target.services[1]!.repository]!
    expect(deploy).toEqual([{ module: 'users', hash: hashOf('users new'), digest: tags[tag] }])
    expect(Object.keys(digests)).toEqual(['users', 'billing'])
  })

  it('are not built again when the same commit runs through again', async () => {
    await images()
    const { digest } = account.readPlan().deploy[0]!
    const { code, output } = await images()
    expect(output).toContain('users: is there already')
    expect(code).toBe(0)
    expect(built()).toHaveLength(2)
    expect(account.readPlan().deploy[0]!.digest).toBe(digest)
  })
})

describe('the images of a plan that wants everything anew', () => {
  it('are built on the base image of that day, under names of their own', async () => {
    await images()
    const before = account.readPlan()
    account.writePlan({ ...before, again: true })
    const { code, output } = await images()
    expect(output).not.toContain('is there already')
    expect(code).toBe(0)
    expect(built()).toHaveLength(4)
    expect(built()[1]).not.toContain('--pull')
    expect(built()[2]).toMatch(new RegExp(`--tag \\S+:${tag}-\\d{12} .*--pull`))
    const { deploy, images: digests } = account.readPlan()
    expect(digests.users).not.toBe(before.images.users)
    expect(deploy).toMatchObject([{ module: 'users', digest: digests.users }])
  })
})

describe('the images of a release', () => {
  const keep = () => account.run('images', '--plan', account.plan, '--release')
  const repository = () => account.target.services[1]!.repository
  const tags = () => account.world().images[repository()]

  it('get a name by which the registry keeps them, once', async () => {
    account.writePlan(planOf('production', 'users'))
    account.change((world) => (world.images[repository()] = { [tag]: digestOf('users new') }))
    for (let time = 0; time < 2; time++) expect(await keep()).toMatchObject({ code: 0 })
    expect(tags()).toEqual({ [tag]: digestOf('users new'), [`release-${commitOf('new')}`]: digestOf('users new') })
    expect(account.calls().filter((call) => call.startsWith('docker buildx imagetools'))).toHaveLength(1)
    expect(built()).toEqual([])
  })

  it('get another name where their commit was released on another base before', async () => {
    account.writePlan(planOf('production', 'users'))
    const [name, old] = [`release-${commitOf('new')}`, digestOf('users old')]
    const there = { [tag]: old, [name]: old, [`${tag}-202611210130`]: digestOf('users new') }
    account.change((world) => (world.images[repository()] = there))
    for (let time = 0; time < 2; time++) expect(await keep()).toMatchObject({ code: 0 })
    expect(tags()).toEqual({ ...there, [`${name}-${hashOf('users new').slice(0, 12)}`]: digestOf('users new') })
  })

  it('are those of production', async () => {
    const { code, output } = await keep()
    expect(output).toContain('--release is for its plan')
    expect(code).toBe(1)
  })

  it('that cannot be named so fail', async () => {
    account.writePlan(planOf('production', 'users'))
    account.fail({ call: 'docker buildx imagetools', says: 'denied' })
    const { code, output } = await keep()
    expect(output).toContain('denied')
    expect(code).toBe(1)
  })
})

describe('images are not made, which is said,', () => {
  it('of what is in no commit', async () => {
    account.change((world) => (world.history.changes = ' M apps/api/src/main.ts'))
    const { code, output } = await images()
    expect(output).toMatch(/changes that are in no commit[^]* M apps\/api\/src\/main\.ts/)
    expect(code).toBe(1)
    expect(built()).toEqual([])
  })

  it('of another commit than the plan', async () => {
    account.change((world) => (world.history.head = commitOf('newer')))
    const { code, output } = await images()
    expect(output).toContain(`The plan is for ${commitOf('new')}, and this is ${commitOf('newer')}`)
    expect(code).toBe(1)
    expect(built()).toEqual([])
  })

  it.each([
    ['git status', 'not a git repository', 0],
    ['aws ecr get-login-password', 'not you', 0],
    ['docker login', 'unauthorized', 0],
    ['aws ecr describe-images', 'not you either', 0],
    ['docker buildx build', 'failed to solve: no space left', 1],
    ['docker buildx imagetools', 'manifest unknown', 1],
  ])('when `%s` fails', async (call, says, builds) => {
    account.fail({ call, says })
    const { code, output } = await images()
    expect(output).toContain(says)
    expect(output).toContain(call)
    expect(code).toBe(1)
    expect(built()).toHaveLength(builds)
    expect(account.readPlan().deploy[0]).not.toHaveProperty('digest')
  })
})
