import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createEmulator, type Emulator } from 'emulate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { workspace } from '../src/discover.ts'
import { startMonday, type MondayStandIn } from './stand-ins/monday.ts'

const commit = '0123456789abcdef0123456789abcdef01234567'
const github = {
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_REPOSITORY: 'lightpress/lightpress',
  GITHUB_RUN_ID: '7',
  GITHUB_SHA: commit,
}
const link = 'https://github.com/lightpress/lightpress/actions/runs/7'
const bot = 'xoxb-of-this-test'

let slack: Emulator
let slackUrl: string
let monday: MondayStandIn
beforeAll(async () => {
  const seed = {
    slack: {
      channels: [{ name: 'deployments' }, { name: 'webhook' }],
      tokens: [
        { token: bot, user: 'developer', scopes: ['chat:write', 'channels:read', 'channels:history'] },
        { token: 'xoxb-may-not', user: 'developer', scopes: ['channels:read'] },
      ],
      strict_scopes: true,
      users: [{ name: 'developer' }],
      incoming_webhooks: [{ channel: 'webhook' }],
    },
  }
  slack = await createEmulator({ service: 'slack', port: 0, seed })
  slackUrl = slack.url.replace('localhost', '127.0.0.1')
  monday = await startMonday({ token: 'of-this-test', board: '42' })
})
afterAll(() => Promise.all([slack.close(), monday.stop()]))

describe('Slack', () => {
  it('is told through its API what began, what is where, what failed and what needs somebody', async () => {
    const env = { ...github, SLACK_TOKEN: bot, SLACK_CHANNEL: 'deployments', SLACK_API_URL: `${slackUrl}/api` }
    const results = { checks: { result: 'success' }, images: { result: 'failure' }, deploy: { result: 'skipped' } }
    await notify(['start', '--environment', 'staging'], env)
    await notify(['success', '--environment', 'production'], env)
    await notify(['failure', '--environment', 'staging'], { ...env, RESULTS: JSON.stringify(results) })
    const { output } = await notify(['alert', '--environment', 'production', '--message', 'Rolled <back>.'], env)
    expect(output).toContain('Slack: told in deployments.')
    expect(await history('deployments')).toEqual([
      `Deployment of 0123456789ab to staging began. ${link}`,
      `0123456789ab is on production. ${link}`,
      `Deployment of 0123456789ab to staging failed in images. ${link}`,
      `Attention, production (0123456789ab). Rolled &lt;back&gt;. ${link}`,
    ])
  })

  it('is told through an incoming webhook where there is no token', async () => {
    const { output } = await notify(['failure'], {
      ...github,
      SLACK_WEBHOOK_URL: `${slackUrl}/services/T1/B1/secret-part`,
    })
    expect(output).toContain('Slack: told through its webhook.')
    expect(output).not.toContain('secret-part')
    expect(await history('general')).toEqual([`Checks of 0123456789ab failed. ${link}`])
  })

  it.each([
    ['refuses the token', { SLACK_TOKEN: 'xoxb-may-not', SLACK_CHANNEL: 'deployments' }, 'missing_scope'],
    ['has no such channel', { SLACK_TOKEN: bot, SLACK_CHANNEL: 'nowhere' }, 'channel_not_found'],
    ['is not told a channel', { SLACK_TOKEN: bot }, 'SLACK_CHANNEL is not'],
    ['cannot be reached', { SLACK_WEBHOOK_URL: 'http://127.0.0.1:1/services/secret-part' }, 'fetch failed'],
  ])('that %s changes nothing of the result, and is shown', async (_, settings, said) => {
    const { code, output } = await notify(['success'], { ...github, SLACK_API_URL: `${slackUrl}/api`, ...settings })
    expect(code).toBe(0)
    expect(output).toContain('Slack was not told: ')
    expect(output).toContain(said)
    expect(output).not.toContain('secret-part')
  })
})

describe('Monday', () => {
  it('gets an item for a release when it is on staging, which changes when it is in production', async () => {
    const env = { ...github, MONDAY_TOKEN: 'of-this-test', MONDAY_BOARD: '42', MONDAY_API_URL: monday.url }
    await notify(['start', '--environment', 'staging'], env)
    expect(monday.items()).toEqual([])
    const { output } = await notify(['success', '--environment', 'staging'], env)
    expect(output).toContain('Monday: Release 0123456789ab is "On staging".')
    expect(monday.items()).toEqual([
      {
        name: 'Release 0123456789ab',
        values: { status: { label: 'On staging' } },
        updates: [expect.stringContaining(link)],
      },
    ])
    await notify(['failure', '--environment', 'production'], env)
    await notify(['success', '--environment', 'production'], { ...env, MONDAY_STATUS_COLUMN: 'qa' })
    const [item, ...others] = monday.items()
    expect(others).toEqual([])
    expect(item).toMatchObject({
      values: { status: { label: 'Failed on production' }, qa: { label: 'On production' } },
      updates: { length: 3 },
    })
  })

  it.each([
    ['refuses the token', { MONDAY_TOKEN: 'wrong', MONDAY_BOARD: '42' }, 'Monday answered 401'],
    ['refuses the board', { MONDAY_TOKEN: 'of-this-test', MONDAY_BOARD: '1' }, 'Monday refused: Board not found'],
    ['is not told a board', { MONDAY_TOKEN: 'of-this-test' }, 'MONDAY_BOARD is not'],
  ])('that %s changes nothing of the result, and is shown', async (_, settings, said) => {
    const env = { ...github, MONDAY_API_URL: monday.url, ...settings }
    const { code, output } = await notify(['success', '--environment', 'staging'], env)
    expect(code).toBe(0)
    expect(output).toContain(`Monday was not told: `)
    expect(output).toContain(said)
  })
})

describe('a notification', () => {
  it('goes nowhere without a token, and says what would change that', async () => {
    const { code, output } = await notify(['success'], github)
    expect(code).toBe(0)
    expect(output).toContain('neither SLACK_TOKEN with SLACK_CHANNEL nor SLACK_WEBHOOK_URL is set')
    expect(output).toContain('MONDAY_TOKEN is not set')
  })

  it('is marked as a warning where GitHub shows them', async () => {
    const { output } = await notify(['success'], { ...github, GITHUB_ACTIONS: 'true', SLACK_TOKEN: bot })
    expect(output).toContain('::warning title=Notification::Slack was not told: ')
  })

  it.each([
    ['Jenkins', { GIT_COMMIT: commit, BUILD_URL: 'https://jenkins/job/1/' }, 'https://jenkins/job/1/'],
    ['CodeBuild', { CODEBUILD_RESOLVED_SOURCE_VERSION: commit, CODEBUILD_BUILD_URL: 'https://aws/1' }, 'https://aws/1'],
  ])('says the same in %s', async (_, env, where) => {
    const { output } = await notify(['start', '--environment', 'staging'], env)
    expect(output).toContain(`Deployment of 0123456789ab to staging began. ${where}`)
  })

  it('is about the commit that is deployed, where that is not the one of the pipeline', async () => {
    const { output } = await notify(['success', '--environment', 'production'], { ...github, COMMIT: 'f'.repeat(40) })
    expect(output).toContain('ffffffffffff is on production.')
  })

  it.each([[[]], [['hello']], [['start', 'success']]])('of %j is refused', async (args) => {
    expect((await notify(args, github)).code).toBe(2)
  })
})

async function notify(args: string[], env: Record<string, string>) {
  const child = spawn(process.execPath, [join(workspace, 'tools/ci/src/notify.ts'), ...args], { env })
  const [[code], ...output] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)])
  return { code: code as number, output: output.join('') }
}

/** What was posted there, oldest first. */
async function history(channel: string): Promise<string[]> {
  const headers = { authorization: `Bearer ${bot}` }
  const ask = async (method: string, body: Record<string, string>) =>
    (await fetch(`${slackUrl}/api/${method}`, { method: 'POST', headers, body: new URLSearchParams(body) })).json()
  const { channels } = (await ask('conversations.list', {})) as { channels: { id: string; name: string }[] }
  const id = channels.find(({ name }) => name === channel)!.id
  const { messages } = (await ask('conversations.history', { channel: id })) as { messages: { text: string }[] }
  return messages.map((message) => message.text).reverse()
}
