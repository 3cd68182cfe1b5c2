import { isDeepStrictEqual } from 'node:util'
import { endsCaller, inputFor, isReachable, requestFor, serviceOf, type Declared } from './operations.ts'
import type { Principal } from './principals.ts'
import { reasonOf, told, type Answer } from './send.ts'
import type { World } from './world.ts'

/** Calls everything as those who may, so that a product that refuses all does not pass for a safe one. */
export async function walkAsInsider(world: World, operations: readonly Declared[], insiders: readonly Principal[]) {
  const faults: string[] = []
  const reachable = operations.filter(isReachable)
  // Last what ends whoever asks.
  for (const declared of [...reachable.filter((each) => !endsCaller(each)), ...reachable.filter(endsCaller)]) {
    for (const insider of insiders.filter(({ refusal }) => refusal(declared.operation) === null)) {
      const { method, path, body } = requestFor(declared, inputFor(declared))
      const headers = { ...(await insider.headers()), origin: world.stack.url }
      const answer = await world.send(serviceOf(world.stack, declared.module), { method, path, body, headers })
      const kept = [401, 403].includes(answer.status) && reasonOf(answer)?.startsWith('request.')
      if (kept || answer.status >= 500) faults.push(`${declared.name} as ${insider.name}: answered ${told(answer)}`)
      if (answer.status < 300 && !isDeclared(answer, declared))
        faults.push(`${declared.name} as ${insider.name}: told what its contract does not name: ${answer.text}`)
    }
  }
  return faults
}

/** Whether nothing is in an answer but what the contract says. */
function isDeclared({ json }: Answer, { operation: { output } }: Declared): boolean {
  return output === undefined || isDeepStrictEqual(output.safeParse(json).data, json)
}
