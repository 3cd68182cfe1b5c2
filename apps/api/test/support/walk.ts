import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import {
  endsCaller,
  inputFor,
  isReachable,
  requestFor,
  serviceOf,
  type Declared,
  type Input,
  type Reachable,
} from './operations.ts'
import { isOpen, type Principal, type Refusal } from './principals.ts'
import { changed, readRows, settle } from './rows.ts'
import { reasonOf, told, type Answer } from './send.ts'
import { idFields, look, type Ids } from './victim.ts'
import type { Member, World } from './world.ts'

/** Looking takes as many requests as there is to see. Who finds fault there tries one of these after the other. */
const LOOK_AFTER = 32

export interface Walk {
  /** All that there are: in them is looked for what is somebody's. */
  operations: readonly Declared[]
  /** Those of them that are attacked, where it is not all. A walk may take as long as an access token holds. */
  attacked?: readonly Declared[]
  attackers: readonly Principal[]
  victim: Member
  /** Ids of the victim's that no operation shows, by noun. */
  unseen?: Ids
}

/** What somebody in the victim's organisation may change, and all who are in it are shown: how much of its plan is used. */
const sharedBy: Record<string, string> = { 'billing.recordUsage': 'billing.getUsage' }

/** Calls every operation that the outside can reach as everybody who must not. Answers what is wrong. */
export async function walkOutside(
  world: World,
  { operations, attacked = operations, attackers, victim, unseen = new Map() }: Walk,
): Promise<string[]> {
  const faults: string[] = []
  const lookAsVictim = async () => look(world, { operations, headers: await bearerOf(world, victim) })
  const { ids: seen, view } = await lookAsVictim()
  const ids = new Map([...seen, ...unseen])
  const others = attackers.flatMap(({ member }) => member?.identity.userId ?? [])
  const schemas = [...new Set(operations.map(({ module }) => module))]
  const foreignTo = new Map<Principal, Ids>()
  for (const attacker of attackers) {
    const shown = attacker.instead ?? attacker
    // Of what they are kept out of, nothing is shown to them: that is what the attacks are for.
    const open = operations.filter(({ operation }) => shown.refusal(operation) === null)
    const known = (await look(world, { operations: open, headers: await shown.headers() })).ids
    foreignTo.set(attacker, without(ids, known))
  }

  /** What might have changed something since the victim looked. */
  const tried: string[] = []
  const lookAgain = async () => {
    const after = await lookAsVictim()
    const names = tried.splice(0)
    const shared = names.flatMap((name) => sharedBy[name] ?? [])
    return Object.entries(view).flatMap(([what, answer]) => {
      const now = after.view[what]
      view[what] = now
      const same = isDeepStrictEqual(leaveOut(others, now), leaveOut(others, answer))
      if (same || shared.includes(what.split(' ')[0] ?? '')) return []
      return [`one of ${names.join(', ')}: the victim is shown something else at ${what}`]
    })
  }

  for (const declared of attacked.filter(isReachable)) {
    // Whatever was tried before must not pass for what this one may do.
    if (declared.name in sharedBy && tried.length > 0) faults.push(...(await lookAgain()))
    faults.push(...(await attackAsAll(world, { declared, attackers, foreignTo, victim, ids, schemas })))
    if (declared.operation.method !== 'GET') tried.push(declared.name)
    if (tried.length === LOOK_AFTER || declared.name in sharedBy) faults.push(...(await lookAgain()))
  }
  if (tried.length > 0) faults.push(...(await lookAgain()))
  return faults
}

interface Attacks extends Pick<Attack, 'declared' | 'victim' | 'ids'> {
  attackers: readonly Principal[]
  foreignTo: ReadonlyMap<Principal, Ids>
  schemas: readonly string[]
}

/** Calls one operation as each of them; whoever is refused must not have changed anything. */
async function attackAsAll(world: World, { attackers, foreignTo, schemas, ...on }: Attacks): Promise<string[]> {
  const { declared } = on
  const { method, status } = declared.operation
  const faults: string[] = []
  const rows = () => (method === 'GET' ? Promise.resolve({}) : readRows(world.database, schemas))
  const headersOf = async ({ headers }: Principal) => ({ ...(await headers()), origin: world.stack.url })
  const attackAs = async (attacker: Principal, headers: Record<string, string>) => {
    const foreign = foreignTo.get(attacker) ?? new Map<string, Set<string>>()
    const { refused, problems } = await attackWith(world, { ...on, attacker, headers, foreign })
    faults.push(...problems.map((problem) => `${declared.name} as ${attacker.name}: ${problem}`))
    return refused
  }
  const compare = async (before: Record<string, string>, who: readonly Principal[]) => {
    // What goes on after the answer would be taken for somebody else's doing.
    if (status === 202) await settle(world.database, schemas)
    const tables = changed(before, await rows())
    const names = who.map(({ name }) => name).join(' or ')
    if (tables.length > 0) faults.push(`${declared.name} as ${names}: refused, and changed ${tables.join(', ')}`)
  }

  const [keptOut, letIn] = [attackers.filter(isKeptOut), attackers.filter((attacker) => !isKeptOut(attacker))]
  // None of these may change anything, so that it is enough to look before the first of them and after the last.
  const together = method === 'GET' ? attackers : keptOut
  if (together.length > 0) {
    const headers = await Promise.all(together.map(headersOf))
    const before = await rows()
    await Promise.all(together.map((attacker, at) => attackAs(attacker, headers[at] ?? {})))
    await compare(before, together)
  }
  // What it does to those who may has tests of its own.
  const apart = method === 'GET' || endsCaller(declared) ? [] : letIn
  for (const attacker of apart) {
    const headers = await headersOf(attacker)
    const before = await rows()
    if (await attackAs(attacker, headers)) await compare(before, [attacker])
    else if (status === 202) await settle(world.database, schemas)
  }
  return faults

  function isKeptOut(attacker: Principal): boolean {
    return attacker.refusal(declared.operation) !== null
  }
}

interface Attack {
  declared: Reachable
  attacker: Principal
  headers: Record<string, string>
  /** The victim's, and not shown to the attacker. */
  foreign: Ids
  victim: Member
  /** All of the victim's. */
  ids: Ids
}

async function attackWith(world: World, { declared, attacker, headers, foreign, victim, ids }: Attack) {
  const problems: string[] = []
  const statuses: number[] = []
  const refusal = attacker.refusal(declared.operation)
  const service = serviceOf(world.stack, declared.module)
  const call = async (input: Input, as = headers) => {
    const answer = await world.send(service, { ...requestFor(declared, input), headers: as })
    statuses.push(answer.status)
    problems.push(...(refusal ? mustRefuse(answer, refusal) : []), ...findLeaks(answer, { foreign, victim, input }))
    if (answer.status >= 500) problems.push(`answered ${answer.status} ${answer.text}`)
    return answer
  }

  const sample = inputFor(declared)
  const blank = await call(sample)
  if (isOpen(declared.operation.access) && !attacker.member) {
    // A token that does not hold is like none.
    const { authorization: _, ...anonymous } = headers
    const plain = await call(inputFor(declared), anonymous)
    if (told(plain) !== told(blank)) problems.push(`answered ${told(blank)}, and without the token ${told(plain)}`)
  }
  const fields = idFields(declared)
  // Whatever is not tried is the victim's, so that what is refused is refused for what is tried.
  const named = fields.flatMap(({ name, noun }) => [...(ids.get(noun) ?? [])].slice(0, 1).map((id) => [name, id]))
  const whole: Input = { ...sample, ...(Object.fromEntries(named) as Input) }
  for (const { name, noun, inPath } of fields) {
    const real = [...(foreign.get(noun) ?? [])]
    if (real.length === 0 && inPath && !attacker.member) problems.push(`no ${noun} of the victim was found to ask for`)
    const tried = real.length > 0 ? real : [...foreign.values()].flatMap((ids) => [...ids])
    for (const id of tried.slice(0, 3)) {
      const nobodys = randomUUID()
      const theirs = comparable(await call({ ...whole, [name]: id }), id)
      const none = comparable(await call({ ...whole, [name]: nobodys }), nobodys)
      if (theirs !== none) problems.push(`tells a ${noun} that exists from one that does not: ${theirs} and ${none}`)
    }
  }
  return { refused: statuses.every((status) => status >= 400), problems }
}

/** What the victim is shown, and the attacker is not, must not be in what the attacker is answered. */
function findLeaks({ text, headers }: Answer, known: { foreign: Ids; victim: Member; input: Input }): string[] {
  const { foreign, victim, input } = known
  const secrets = [...[...foreign.values()].flatMap((ids) => [...ids]), victim.email, victim.name]
  const answered = `${text} ${JSON.stringify(headers)}`
  return secrets
    .filter((secret) => answered.includes(secret) && !Object.values(input).includes(secret))
    .map((secret) => `told ${secret}, which is the victim's`)
}

function mustRefuse(answer: Answer, { status, reason }: Refusal): string[] {
  const { headers } = answer
  return [
    ...(answer.status === status && reasonOf(answer) === reason ? [] : [`answered ${told(answer)} ${answer.text}`]),
    ...(headers['content-type'] === 'application/problem+json; charset=utf-8' ? [] : ['answered no problem document']),
    ...(headers['set-cookie'] ? ['set a cookie'] : []),
  ]
}

/** An answer without what differs from one request to the next, and without the id that was asked for. */
function comparable({ status, headers, text }: Answer, id: string): string {
  const { date: _, 'x-request-id': request, ...rest } = headers
  return JSON.stringify({ status, headers: rest, text }).replaceAll(String(request), '<request>').replaceAll(id, '<id>')
}

/** What is shown without what is about these people, who are in the same lists and change what is their own. */
function leaveOut(people: readonly string[], shown: unknown): unknown {
  const isTheirs = (value: unknown) => people.some((id) => JSON.stringify(value)?.includes(id))
  if (Array.isArray(shown)) return shown.filter((each) => !isTheirs(each))
  if (typeof shown !== 'object' || shown === null) return shown
  return Object.fromEntries(Object.entries(shown).map(([name, value]) => [name, leaveOut(people, value)]))
}

function without(ids: Ids, known: Ids): Ids {
  const shown = new Set([...known.values()].flatMap((each) => [...each]))
  return new Map([...ids].map(([noun, each]) => [noun, new Set([...each].filter((id) => !shown.has(id)))]))
}

/** Not a session of its own, which would show in the list of the victim's. */
async function bearerOf({ sign }: World, { identity }: Member): Promise<Record<string, string>> {
  return { authorization: `Bearer ${await sign(identity)}` }
}
