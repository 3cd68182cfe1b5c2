import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { Environment } from '../src/settings.ts'

/** Whose environment it is. The tests have an example's, so that they hold also when somebody has filled in their own. */
const example = {
  both: {
    stateBucket: 'lightpress-pulumi-state',
    stateKeyArn: 'arn:aws:kms:eu-west-2:333333333333:key/00000000-0000-4000-8000-000000000000',
    githubRepository: 'lightpress/lightpress',
    registryAccountId: '111111111111',
    alarmEmails: ['operations@lightpress.example'],
  },
  staging: {
    accountId: '111111111111',
    domain: 'staging.lightpress.example',
    hostedZoneId: 'Z0000000000STAGING',
    pullAccountIds: ['222222222222'],
    emailFrom: 'Lightpress <hello@staging.lightpress.example>',
  },
  production: {
    accountId: '222222222222',
    domain: 'app.lightpress.example',
    hostedZoneId: 'Z000000PRODUCTION',
    pullAccountIds: [],
    emailFrom: 'Lightpress <hello@lightpress.example>',
  },
}

/** What an environment may have or not; the tests give it where they are about it. */
export const optional = ['originKey', 'pagerDutyUrl', 'slackTeamId', 'slackChannelId'].map(full)

/** What stands in `Pulumi.<stack>.yaml`. */
export function settingsFile(stack: Environment): Record<string, unknown> {
  const file = readFileSync(new URL(`../Pulumi.${stack}.yaml`, import.meta.url), 'utf8')
  return (parse(file) as { config: Record<string, unknown> }).config
}

/** The stack's settings as Pulumi hands them over: everything is text, lists and objects as JSON. */
export function stackConfig(
  stack: Environment,
  changes: Record<string, string | undefined> = {},
): Record<string, string> {
  const ours = Object.entries(settingsFile(stack)).filter(([name]) => !optional.includes(name))
  const theirs = Object.entries({ ...example.both, ...example[stack] }).map(([name, value]) => [full(name), value])
  const merged = { ...Object.fromEntries([...ours, ...theirs]), ...changes } as Record<string, unknown>
  return Object.fromEntries(
    Object.entries(merged)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]),
  )
}

function full(name: string): string {
  return `lightpress:${name}`
}
