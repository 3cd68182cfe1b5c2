import { z } from 'zod'
import { aws, unlessMissing, type Arguments } from './aws.ts'
import { Failure } from './failure.ts'

/** A parameter that holds JSON, or nothing where there is no such parameter. */
export async function readParameter<T extends z.ZodType>(
  name: string,
  schema: T,
  from: Arguments = [],
): Promise<z.output<T> | undefined> {
  const answer = await unlessMissing('ParameterNotFound', aws(['ssm', 'get-parameter', '--name', name, ...from], Found))
  if (answer === undefined) return undefined
  const parsed = schema.safeParse(jsonOf(answer.Parameter.Value))
  if (parsed.success) return parsed.data
  const wrong = parsed.error.issues.map(({ path, message }) => `  ${path.join('.') || 'it'}: ${message}`).join('\n')
  throw new Failure(`The parameter ${name} does not hold what it should:\n${wrong}`)
}

/** Above 4 KB a parameter needs another tier, which AWS picks by itself. */
export async function writeParameter(name: string, value: unknown): Promise<void> {
  const what = ['--type', 'String', '--tier', 'Intelligent-Tiering', '--overwrite', '--value', JSON.stringify(value)]
  await aws(['ssm', 'put-parameter', '--name', name, ...what], z.object({ Version: z.number() }))
}

const Found = z.object({ Parameter: z.object({ Value: z.string() }) })

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
