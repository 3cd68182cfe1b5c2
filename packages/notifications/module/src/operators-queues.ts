import type { notifications } from '@lightpress/notifications-contract'
import { AppError, type Input, type Output } from '@lightpress/protocol'
import { askModules, modules } from './ask-modules.ts'
import type { ModuleName, NotificationsContext } from './context.ts'

type Ops = (typeof notifications)['operations']

export async function adminListQueues(
  _input: object,
  ctx: NotificationsContext,
): Promise<Output<Ops['adminListQueues']>> {
  const { answers, missing } = await askModules((module) => ctx.calls[module].readQueues({}), ctx)
  return {
    items: answers.flatMap(({ module, answer }) => answer.queues.map((queue) => ({ module, ...queue }))),
    missing,
  }
}

export async function adminListDeadLetters(
  { module, ...page }: Input<Ops['adminListDeadLetters']>,
  ctx: NotificationsContext,
): Promise<Output<Ops['adminListDeadLetters']>> {
  return ctx.calls[nameOf(module)].listDeadLetters(page)
}

export async function adminReadLetterStates(
  { module, ids }: Input<Ops['adminReadLetterStates']>,
  ctx: NotificationsContext,
): Promise<Output<Ops['adminReadLetterStates']>> {
  return ctx.calls[nameOf(module)].readOutboxStates({ ids })
}

export async function adminReplayDeadLetters(
  { module, letters }: Input<Ops['adminReplayDeadLetters']>,
  ctx: NotificationsContext,
): Promise<Output<Ops['adminReplayDeadLetters']>> {
  const { count } = await ctx.calls[nameOf(module)].replayDeadLetters({ letters })
  ctx.log.info({ asked: module, count, actorId: ctx.caller.identity?.userId }, 'an operator sent dead letters again')
  return { count }
}

function nameOf(module: string): ModuleName {
  const known = modules.find((name) => name === module)
  if (known) return known
  throw new AppError(
    'not_found',
    'notifications.module_unknown',
    `There is no module of this name. There are: ${modules.join(', ')}.`,
  )
}
