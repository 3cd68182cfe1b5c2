import { registerHooks } from 'node:module'

// The parser imports its schema as JSON without saying so, as bundlers let it, and Node does not.
registerHooks({
  load(url, context, next) {
    if (!url.includes('/workflow-parser/') || !url.endsWith('.json')) return next(url, context)
    return next(url, { ...context, importAttributes: { type: 'json' } })
  },
})
const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = await import('@actions/workflow-parser')

/** What GitHub's own schema has against a workflow: words it does not know, jobs that are not there, wrong expressions. */
export async function problemsOf(content: string): Promise<string[]> {
  const { context, value } = parseWorkflow({ name: 'workflow.yml', content }, new NoOperationTraceWriter())
  const template = value && (await convertWorkflowTemplate(context, value))
  return [
    ...context.errors.getErrors().map(({ message }) => message),
    ...(template?.errors ?? []).map(({ Message }) => Message),
  ]
}
