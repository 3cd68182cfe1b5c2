import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Environment, minutes, readInput, Switch } from '../../src/deploy/input.ts'

const shape = {
  environment: Environment,
  plan: z.string().meta({ example: 'a file' }),
  timeLimit: minutes(30),
  green: Switch,
  SLACK_TOKEN: z.string(),
}

describe('what a command takes', () => {
  it('comes from its options and from the environment', () => {
    const args = ['--environment', 'staging', '--plan', 'plan.json', '--time-limit', '0.5', '--green']
    expect(readInput(shape, { args, env: { SLACK_TOKEN: 'x' } })).toEqual({
      environment: 'staging',
      plan: 'plan.json',
      timeLimit: 0.5,
      green: true,
      SLACK_TOKEN: 'x',
    })
  })

  it('is named all at once when it is missing or wrong', () => {
    expect(() => readInput(shape, { args: ['--time-limit', 'soon'], env: { SLACK_TOKEN: '' } })).toThrow(
      /--environment is missing \(staging or production\)\n.*--plan is missing \(a file\)\n.*--time-limit is wrong: .*\n.*The variable SLACK_TOKEN is missing/,
    )
  })

  it('is nothing that it does not know', () => {
    expect(() => readInput(shape, { args: ['--enviroment', 'staging'], env: {} })).toThrow(
      /Unknown option '--enviroment'.*It takes --environment, --plan, --time-limit, --green/,
    )
  })
})
