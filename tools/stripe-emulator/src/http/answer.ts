import type { Context } from '../context.ts'
import type { Endpoint, Ids } from './endpoint.ts'
import { asApiError, errorBody, type ApiError } from './errors.ts'
import { checkExpansions, expand, type Inclusions } from './expand.ts'
import { decodeForm } from './form.ts'
import { recall, refuseKeyInUse, remember, type Asked, type KeysInUse } from './idempotency.ts'
import { list, text } from './params.ts'
import { parseParams } from './parse-params.ts'

export interface Answer {
  status: number
  body: string
  /** The request that was answered so before, where its answer is given once more. */
  original?: string
}

interface Question {
  endpoint: Endpoint
  ids: Ids
  asked: Asked
  requestId: string
}

interface Around {
  inUse: KeysInUse
  inclusions: Inclusions
  context(request: { id: string; idempotency_key: string | null }): Context
  failed(error: unknown, requestId: string): void
}

/** Answers a request, or gives its key the answer that it got before. Does not throw: a refusal is an answer too. */
export function answerTo(question: Question, around: Around): Answer {
  const { asked, requestId } = question
  try {
    refuseKeyInUse(asked.key, around.inUse)
    const ctx = around.context({ id: requestId, idempotency_key: asked.key })
    const earlier = recall(ctx.state, asked, ctx.now)
    if (earlier) return { status: earlier.status, body: earlier.body, original: earlier.request }
    return execute(prepare(question, around.inclusions), { ...question, ...around, ctx })
  } catch (error) {
    return refusal(error, requestId, around)
  }
}

/** Checks all that can be checked before anything is done. */
function prepare({ endpoint, ids, asked }: Question, inclusions: Inclusions): (ctx: Context) => string {
  const { expand: paths, ...given } = decodeForm(asked.form)
  const expansions = checkExpansions(paths === undefined ? [] : parseParams(list(text), paths), endpoint, inclusions)
  const handle = endpoint.prepare(ids, given)
  return (ctx) => JSON.stringify(expand(handle(ctx), expansions, { inclusions, ctx }), null, 2)
}

/**
 * What comes of it is kept for the key, a failure too, once it has begun: https://docs.stripe.com/error-low-level#idempotency.
 * Not so what collided with other work, which may be tried again.
 */
function execute(
  work: (ctx: Context) => string,
  { asked, requestId, ctx, failed }: Question & Around & { ctx: Context },
): Answer {
  let answer: Answer
  try {
    answer = { status: 200, body: work(ctx) }
  } catch (error) {
    answer = refusal(error, requestId, { failed })
  }
  if (![409, 429].includes(answer.status)) {
    remember(ctx.state, asked, { request: requestId, created: ctx.now, ...answer })
  }
  return answer
}

function refusal(error: unknown, requestId: string, { failed }: Pick<Around, 'failed'>): Answer {
  const failure: ApiError = asApiError(error)
  if (failure.status >= 500) failed(error, requestId)
  return { status: failure.status, body: errorBody(failure, requestId) }
}
