import { data, Evaluator, Lexer, Parser } from '@actions/expressions'
import type { FunctionDefinition } from '@actions/expressions/funcs/info'

/** The values that an expression may name: `github`, `needs`, `steps`, `vars` … */
export type Contexts = Record<string, unknown>

/** How the steps or jobs before went: what `success()` and its kin answer. */
export type Status = 'success' | 'failure' | 'skipped'

const statusFunctions = ['always', 'cancelled', 'failure', 'success']

/** A text with its `${{ … }}` filled in, by GitHub's own evaluator. */
export function fillIn(text: string, contexts: Contexts): string {
  return text.replaceAll(/\$\{\{(.*?)\}\}/gs, (_, expression: string) => evaluate(expression, contexts).coerceString())
}

/** Whether a step or job runs; what does not ask how it went before runs only when it went well. */
export function holds(condition: string | undefined, contexts: Contexts, status: Status): boolean {
  const expression = (condition ?? 'success()').replaceAll(/^\s*\$\{\{|\}\}\s*$/g, '')
  const asks = new RegExp(`\\b(${statusFunctions.join('|')})\\s*\\(`).test(expression)
  const value = evaluate(asks ? expression : `success() && (${expression})`, contexts, status)
  if (value.kind === data.Kind.Boolean) return value.value
  return !['', '0', 'false'].includes(value.coerceString())
}

function evaluate(expression: string, contexts: Contexts, status?: Status): data.ExpressionData {
  const functions = status ? answersOf(status) : []
  const tokens = new Lexer(expression.trim()).lex().tokens
  const parsed = new Parser(tokens, Object.keys(contexts), functions).parse()
  const values = JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary
  return new Evaluator(parsed, values, new Map(functions.map((one) => [one.name, one]))).evaluate()
}

function answersOf(status: Status): FunctionDefinition[] {
  const answers = { always: true, cancelled: false, failure: status === 'failure', success: status === 'success' }
  return Object.entries(answers).map(([name, answer]) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(answer),
  }))
}
