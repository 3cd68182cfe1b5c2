import { begin, Ended, optionsOf, type Call } from './call.ts'
import { ecs, one, Refusal } from './ecs.ts'
import { changeWorld, type World } from './world.ts'

type Operation = (options: Map<string, string[]>, world: World, words: readonly string[]) => unknown

const others: Record<string, Record<string, Operation>> = {
  sts: { 'get-caller-identity': (_, { account }) => ({ Account: account, UserId: 'U', Arn: 'arn:aws:iam::x' }) },
  ssm: {
    'get-parameter'(options, { parameters }) {
      const name = one(options, 'name')
      const value = parameters[name]
      if (value === undefined) throw new Refusal('ParameterNotFound', '')
      return { Parameter: { Name: name, Type: 'String', Value: value, Version: 1 } }
    },
    'put-parameter'(options, { parameters }) {
      const name = one(options, 'name')
      if (name in parameters && !options.has('overwrite'))
        throw new Refusal('ParameterAlreadyExists', 'The parameter already exists.')
      parameters[name] = one(options, 'value')
      return { Version: 2, Tier: 'Standard' }
    },
  },
  ecr: {
    'get-login-password': () => 'a-password',
    'describe-images'(options, { images, account }) {
      const [by, id = ''] = one(options, 'image-ids').split('=')
      const tags = images[`${account}.dkr.ecr.eu-west-2.amazonaws.com/${one(options, 'repository-name')}`] ?? {}
      const digest = by === 'imageTag' ? tags[id] : Object.values(tags).find((each) => each === id)
      if (!digest) throw new Refusal('ImageNotFoundException', 'The image does not exist.')
      const imageTags = Object.keys(tags).filter((name) => tags[name] === digest)
      return { imageDetails: [{ imageDigest: digest, imageTags }] }
    },
  },
  logs: {
    'get-log-events'(options, { endings, tasks }) {
      const stream = one(options, 'log-stream-name')
      const task = Object.entries(tasks).find(([arn]) => stream.endsWith(`/service/${arn.split('/').at(-1)}`))?.[1]
      const { log, exitCode } = endings[task?.family ?? ''] ?? {}
      if (exitCode === -1) throw new Refusal('ResourceNotFoundException', 'The specified log stream does not exist.')
      return { events: (log ?? ['the database is up to date']).map((message) => ({ timestamp: 0, message })) }
    },
  },
  cloudwatch: {
    'describe-alarms'(options, { alarms }) {
      const found = (options.get('alarm-names') ?? []).filter((name) => name in alarms)
      const MetricAlarms = found.map((AlarmName) => ({
        AlarmName,
        StateValue: alarms[AlarmName],
        StateReason: 'Threshold Crossed: 1 datapoint was greater than the threshold (1.0).',
      }))
      return { MetricAlarms, CompositeAlarms: [] }
    },
  },
  s3: {
    sync: (options, world, words) => upload(world, words, options),
    cp: (options, world, words) => upload(world, words, options),
  },
  cloudfront: { 'create-invalidation': () => ({ Invalidation: { Id: 'I1', Status: 'InProgress' } }) },
  sns: {
    publish(options, { published }) {
      published.push(`${one(options, 'subject')}\n${one(options, 'message')}`)
      return { MessageId: `m${published.length}` }
    },
  },
}

/** Stands in for the AWS command line: answers as AWS documents it, from a world that a test made, and notes each call. */
export function aws(call: Call): string {
  begin('aws', call)
  const [service = '', operation = '', ...rest] = call.args
  const run = service === 'ecs' ? ecs[operation] : others[service]?.[operation]
  if (!run) throw new Ended(252, `aws: error: argument operation: Invalid choice: ${service} ${operation}`)
  try {
    const answer = changeWorld(call.folder, (world) => run(optionsOf(rest), world, rest))
    return typeof answer === 'string' ? answer : JSON.stringify(answer)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { code, message } = error
    throw new Ended(254, `\nAn error occurred (${code}) when calling the ${operation} operation: ${message}`)
  }
}

/** Notes under which key, with which header, something was put up. */
function upload({ objects }: World, [, to = '']: readonly string[], options: Map<string, string[]>): string {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(to) ?? []
  const into = (objects[bucket] ??= {})
  into[key] = one(options, 'cache-control')
  return `upload to ${to}`
}
