import { describe, expect, it } from 'vitest'
import { environments, parseSettings, type Environment } from '../src/settings.ts'
import { recordGraph } from './graph.ts'
import { optional, settingsFile } from './stack-config.ts'

describe('the settings of a stack', () => {
  it('are refused with everything that is missing or wrong, and an example of each', () => {
    const values = { accountId: '123', domain: 'https://app.example.com', natGateways: '2', alarmEmails: [] }
    const refusal = messageOf(() => parseSettings(values, { stack: 'staging', region: 'us-east-1' }))
    for (const line of [
      'aws:region is us-east-1; it must be eu-west-2.',
      "lightpress:accountId is wrong: must be the twelve digits of an AWS account (for example '123456789012')",
      'lightpress:domain is wrong: must be a host name in lower case (for example app.example.com)',
      'lightpress:hostedZoneId is missing (for example Z0123456789ABCDEFGHIJ)',
      'lightpress:albExposure is missing (for example vpc-origin)',
      'lightpress:natGateways is wrong',
      'lightpress:stateBucket is missing (for example example-pulumi-state)',
      'lightpress:githubRepository is missing (for example example/lightpress)',
      'lightpress:registryAccountId is missing',
      'lightpress:pullAccountIds is missing',
      'lightpress:alarmEmails is wrong',
      'lightpress:emailFrom is missing',
      'lightpress:cpuArchitecture is missing',
      'lightpress:executeCommand is missing',
      'pulumi config set --stack staging lightpress:<name> <value>',
    ])
      expect(refusal).toContain(line)
  })

  it('are those of staging or of production, and of nothing else', () => {
    expect(messageOf(() => parseSettings({}, { stack: 'dev' }))).toContain(
      'The stack is dev; it must be one of staging, production.',
    )
  })

  it('want the word of our distribution where others reach the load balancer from CloudFront, too', async () => {
    const config = { 'lightpress:albExposure': 'cloudfront-only' }
    await expect(recordGraph('production', { config })).rejects.toThrow(/lightpress:originKey is missing/)
  })

  it('stand in the files encrypted where they are secret, or not at all', () => {
    const inPlain = (file: Record<string, unknown>) =>
      ['lightpress:originKey', 'lightpress:pagerDutyUrl'].filter((name) => typeof file[name] === 'string')
    for (const stack of environments) expect(inPlain(settingsFile(stack))).toEqual([])
    expect(inPlain({ 'lightpress:pagerDutyUrl': 'https://events.pagerduty.example' })).toEqual([
      'lightpress:pagerDutyUrl',
    ])
    expect(inPlain({ 'lightpress:pagerDutyUrl': { secure: 'v1:QUJD' } })).toEqual([])
  })

  it('know a repository by its name, and by its name with numbers', () => {
    for (const githubRepository of ['example/lightpress', 'example-1234/lightpress-5678', 'example@12/lightpress@34'])
      expect(messageOf(() => parseSettings({ githubRepository }, { stack: 'staging' }))).not.toContain(
        'githubRepository',
      )
    for (const githubRepository of ['lightpress', 'example/*', 'example/lightpress:ref'])
      expect(messageOf(() => parseSettings({ githubRepository }, { stack: 'staging' }))).toContain(
        'githubRepository is wrong',
      )
  })

  it('are for London, also where nobody says so', () => {
    expect(messageOf(() => parseSettings({}, { stack: 'staging' }))).not.toContain('aws:region')
  })

  it.each(environments)('of %s name every value that the other file has, and no other', (stack) => {
    const names = (environment: Environment) =>
      Object.keys(settingsFile(environment)).filter((name) => !optional.includes(name))
    expect(names(stack).length).toBeGreaterThan(12)
    expect(names(stack)).toEqual(names(stack === 'staging' ? 'production' : 'staging'))
  })
})

describe('the program', () => {
  it.each(environments)('refuses to touch another account than that of %s, and makes nothing in it', async (stack) => {
    await expect(recordGraph(stack, { account: '999999999999' })).rejects.toThrow(
      new RegExp(`The credentials are for account 999999999999, but ${stack} lives in \\d{12}\\. Take credentials for`),
    )
  })
})

function messageOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('It was not refused.')
}
