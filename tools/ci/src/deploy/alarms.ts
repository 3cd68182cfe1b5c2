import { z } from 'zod'
import { aws } from './aws.ts'
import { Failure } from './failure.ts'

/** Throws while one of them rings, and when one is not there: nobody would be told. */
export async function requireQuiet(names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  const answer = await aws(
    ['cloudwatch', 'describe-alarms', '--alarm-types', 'MetricAlarm', 'CompositeAlarm', '--alarm-names', ...names],
    z.object({ MetricAlarms: z.array(Alarm).default([]), CompositeAlarms: z.array(Alarm).default([]) }),
  )
  const alarms = [...answer.MetricAlarms, ...answer.CompositeAlarms]
  const missing = names.filter((name) => !alarms.some(({ AlarmName }) => AlarmName === name))
  if (missing.length > 0)
    throw new Failure(`There are no alarms ${missing.join(', ')}: nothing would say that the deployment goes wrong.`)
  const ringing = alarms.filter(({ StateValue }) => StateValue === 'ALARM')
  if (ringing.length > 0)
    throw new Failure(
      ringing.map(({ AlarmName, StateReason }) => `The alarm ${AlarmName} rings: ${StateReason ?? ''}`).join('\n'),
    )
}

const Alarm = z.object({ AlarmName: z.string(), StateValue: z.string(), StateReason: z.string().optional() })
