import * as aws from '@pulumi/aws'
import type * as pulumi from '@pulumi/pulumi'
import { trustIn } from './roles.ts'
import type { Settings } from './settings.ts'

/**
 * Lets a channel of Slack hear what the topics are told, through AWS's own application for chats, which somebody lets
 * into the workspace by hand once. It speaks and does nothing: neither its role nor whoever writes to it may.
 */
export function tellSlack(
  topicArns: pulumi.Input<string>[],
  { settings, parent }: { settings: Settings; parent: pulumi.Resource },
): void {
  const { name, accountId, slackTeamId, slackChannelId } = settings
  if (slackTeamId === undefined && slackChannelId === undefined) return
  if (slackTeamId === undefined || slackChannelId === undefined)
    throw new Error('Slack needs both: set lightpress:slackTeamId and lightpress:slackChannelId, or neither.')
  const ours = { StringEquals: { 'aws:SourceAccount': accountId } }
  const role = new aws.iam.Role(
    'slack',
    { name: `${name}-slack`, assumeRolePolicy: trustIn('chatbot.amazonaws.com', ours) },
    { parent },
  )
  new aws.chatbot.SlackChannelConfiguration(
    'slack',
    {
      configurationName: `${name}-alarms`,
      slackTeamId,
      slackChannelId,
      snsTopicArns: topicArns,
      iamRoleArn: role.arn,
      guardrailPolicyArns: ['arn:aws:iam::aws:policy/AWSDenyAll'],
      loggingLevel: 'ERROR',
    },
    { parent },
  )
}
