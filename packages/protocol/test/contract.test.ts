import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  AppError,
  command,
  contractPrefixes,
  createHttpClient,
  defineContract,
  defineEvent,
  fromProblem,
  isAppError,
  query,
  refusal,
  Revocation,
  routesOf,
  statusOf,
  toAppError,
  toProblem,
  type Access,
  type Caller,
  type Guarded,
  type Refusal,
  type ErrorCode,
} from '../src/index.ts'

const note = z.object({ id: z.string(), text: z.string() })
const notes = defineContract('notes', {
  readNote: query({
    path: '/v1/notes/:id',
    access: 'user',
    summary: 'One note.',
    input: z.object({ id: z.string(), tags: z.array(z.string()).optional() }),
    output: note,
  }),
  writeNote: command({
    path: '/v1/notes/:id',
    access: 'member',
    summary: 'Write.',
    input: z.object({ id: z.string(), text: z.string() }),
    output: note,
  }),
  countNotes: query({
    access: 'service',
    summary: 'Count.',
    input: z.object({}),
    output: z.object({ count: z.number() }),
  }),
})

describe('defineContract', () => {
  it('refuses an operation without a path that is open to people', () => {
    expect(() =>
      defineContract('x', { a: query({ access: 'user', summary: '', input: z.object({}), output: note }) }),
    ).toThrow(/x\.a has no path/)
  })

  it('refuses a path for an operation that is for services only', () => {
    expect(() =>
      defineContract('x', {
        a: query({ path: '/v1/x', access: 'service', summary: '', input: z.object({}), output: note }),
      }),
    ).toThrow(/must not have a path/)
  })

  it('refuses an operation that does not say who may call it', () => {
    const declared = query({ path: '/v1/x', access: 'user', summary: '', input: z.object({}), output: note })
    for (const access of [undefined, 'everybody', 'toString'])
      expect(() => defineContract('x', { a: { ...declared, access: access as Access } })).toThrow(
        /x\.a does not say who/,
      )
  })

  it('refuses an operation in the place of one that every module answers by the kernel', () => {
    const declared = query({ path: '/v1/x', access: 'user', summary: '', input: z.object({}), output: note })
    for (const name of ['readDeliveryStates', 'exportData', 'eraseData'])
      expect(() => defineContract('x', { [name]: declared }), name).toThrow(`x.${name} has the name of`)
  })

  const declare = (guarded: Partial<Guarded>) => () =>
    defineContract('x', {
      a: query({ path: '/v1/x', access: 'member', summary: '', input: z.object({}), output: note, ...guarded }),
    })

  it('refuses a scope where no organisation is asked for, which is all that a key stands for', () => {
    for (const access of ['member', 'admin', 'owner'] as const)
      expect(declare({ access, scope: 'x:read' })).not.toThrow()
    for (const access of ['public', 'signed', 'user', 'platform'] as const)
      expect(declare({ access, scope: 'x:read' }), access).toThrow(/x\.a has a scope, so its access/)
  })

  it.each(['', 'x', 'x:', ':read', 'x:delete', 'X:read', 'x:read:all', 'x:read ', 'x:read\n', 'x y:write', '*'])(
    'refuses the scope %j, which is not like the others',
    (scope) => {
      expect(declare({ scope })).toThrow(/not like "billing:read"/)
    },
  )

  it('refuses an assurance where whoever comes is let in', () => {
    for (const assurance of ['self', 'recent'] as const) {
      for (const access of ['public', 'signed'] as const)
        expect(declare({ access, assurance }), access).toThrow(/x\.a is for whoever comes/)
      for (const access of ['user', 'member', 'admin', 'owner', 'platform'] as const)
        expect(declare({ access, assurance }), access).not.toThrow()
    }
  })

  it('refuses a scope beside a recent proof, which no key can give', () => {
    expect(declare({ assurance: 'recent', scope: 'x:write' })).toThrow(/x\.a asks for a proof/)
    expect(declare({ assurance: 'self', scope: 'x:write' })).not.toThrow()
  })

  it('refuses a scope and an assurance of what is for services, where nobody would ask for them', () => {
    for (const guarded of [{ scope: 'x:read' }, { assurance: 'self' }] as const) {
      const a = query({ access: 'service', summary: '', input: z.object({}), output: note, ...guarded })
      expect(() => defineContract('x', { a })).toThrow(/x\.a is for services/)
    }
  })

  it('refuses a path parameter that the input does not name', () => {
    expect(() =>
      defineContract('x', {
        a: query({ path: '/v1/x/:id', access: 'user', summary: '', input: z.object({}), output: note }),
      }),
    ).toThrow(/":id"/)
  })

  it("refuses another module's reason", () => {
    expect(() => defineContract('x', {}, { reasons: ['y.nope'] })).toThrow(/y\.nope/)
  })

  it('knows the path prefixes that are its own', () => {
    expect(contractPrefixes(notes)).toEqual(['/v1/notes'])
  })
})

describe('createHttpClient', () => {
  it('puts path parameters in the path and the rest in the query or the body', async () => {
    const seen: string[] = []
    const fetch = (url: string | URL | Request, init?: RequestInit) => {
      seen.push(`${init?.method} ${url as string} ${(init?.body as string | undefined) ?? ''}`)
      return Promise.resolve(Response.json({ id: 'a', text: 't' }))
    }
    const client = createHttpClient<typeof notes>(routesOf(notes), { baseUrl: 'http://h', fetch })
    await client.readNote({ id: 'a/b', tags: ['x', 'y'] })
    await client.writeNote({ id: 'a', text: 't' })
    expect(seen).toEqual(['GET http://h/v1/notes/a%2Fb?tags=x&tags=y ', 'POST http://h/v1/notes/a {"text":"t"}'])
  })

  it('throws what the server refused with, as the same kind of error', async () => {
    const problem = toProblem(new AppError('conflict', 'notes.taken', 'Taken.'), 'req-1')
    const fetch = () => Promise.resolve(Response.json(problem, { status: problem.status }))
    const client = createHttpClient<typeof notes>(routesOf(notes), { fetch })
    await expect(client.readNote({ id: 'a' })).rejects.toMatchObject({
      code: 'conflict',
      reason: 'notes.taken',
      requestId: 'req-1',
    })
  })

  it('does not offer what is for services only', () => {
    expect(Object.keys(routesOf(notes))).toEqual(['readNote', 'writeNote'])
  })
})

describe('errors', () => {
  it.each(Object.keys(statusOf) as ErrorCode[])('%s survives the wire', (code) => {
    const problem = toProblem(
      new AppError(code, 'x.y', 'm', { errors: [{ path: 'a', message: 'b' }], retryAfter: 3 }),
      'r',
    )
    const back = fromProblem(problem.status, JSON.parse(JSON.stringify(problem)))
    expect(isAppError(back)).toBe(true)
    expect(back).toMatchObject({
      code,
      reason: 'x.y',
      message: 'm',
      errors: [{ path: 'a', message: 'b' }],
      retryAfter: 3,
    })
  })

  it('hides the message of what nobody foresaw', () => {
    expect(toAppError(new Error('password is hunter2')).message).not.toContain('hunter2')
  })

  it('tells an answer that is no problem document by its status', () => {
    expect(fromProblem(502, '<html>')).toMatchObject({ code: 'unavailable' })
  })
})

describe('what an auth of before there were API keys says was revoked', () => {
  it('is understood', () => {
    const sessionId = '0190a5b0-0000-7000-8000-000000000001'
    const said = { sequence: 1, sessionId, userId: null, minimumVersion: null }
    expect(Revocation.parse(said)).toEqual({ ...said, apiKeyId: null, organizationId: null, reopened: false })
  })
})

describe('refusal', () => {
  const identity = {
    userId: 'u',
    sessionId: 's',
    sessionVersion: 0,
    organizationId: 'o',
    role: 'admin' as const,
    operator: false,
    authenticatedAt: 0,
    impersonatorId: null,
  }
  const callers: Record<string, Caller> = {
    anonymous: { identity: null, apiKey: null, service: null },
    admin: { identity, apiKey: null, service: null },
    homeless: { identity: { ...identity, organizationId: null, role: null }, apiKey: null, service: null },
    operator: { identity: { ...identity, operator: true }, apiKey: null, service: null },
    module: { identity: null, apiKey: null, service: 'auth' },
    key: { identity: null, apiKey: { apiKeyId: 'k', organizationId: 'o', scopes: ['billing:read'] }, service: null },
  }
  const table: Record<Access, Record<string, Refusal | null>> = {
    public: { anonymous: null, admin: null, homeless: null, operator: null, module: null, key: null },
    signed: { anonymous: null, admin: null, homeless: null, operator: null, module: null, key: null },
    user: {
      anonymous: 'sign_in_required',
      admin: null,
      homeless: null,
      operator: null,
      module: 'sign_in_required',
      key: 'people_only',
    },
    member: {
      anonymous: 'sign_in_required',
      admin: null,
      homeless: 'not_allowed',
      operator: null,
      module: 'sign_in_required',
      key: 'people_only',
    },
    admin: {
      anonymous: 'sign_in_required',
      admin: null,
      homeless: 'not_allowed',
      operator: null,
      module: 'sign_in_required',
      key: 'people_only',
    },
    owner: {
      anonymous: 'sign_in_required',
      admin: 'not_allowed',
      homeless: 'not_allowed',
      operator: 'not_allowed',
      module: 'sign_in_required',
      key: 'people_only',
    },
    platform: {
      anonymous: 'sign_in_required',
      admin: 'not_allowed',
      homeless: 'not_allowed',
      operator: null,
      module: 'sign_in_required',
      key: 'people_only',
    },
    service: {
      anonymous: 'not_allowed',
      admin: 'not_allowed',
      homeless: 'not_allowed',
      operator: 'not_allowed',
      module: null,
      key: 'not_allowed',
    },
  }
  for (const [access, row] of Object.entries(table)) {
    for (const [who, expected] of Object.entries(row)) {
      it(`${access} answers ${who} with ${expected ?? 'yes'}`, () => {
        expect(refusal({ access: access as Access }, callers[who] as Caller)).toBe(expected)
      })
    }
  }

  it.each(['anonymous', 'admin', 'homeless', 'operator', 'module', 'key'])(
    'what says nothing is closed to %s',
    (who) => {
      for (const guarded of [{}, { scope: 'billing:read' }])
        expect(refusal({ access: undefined as unknown as Access, ...guarded }, callers[who] as Caller)).toBe(
          'not_allowed',
        )
    },
  )

  it.each(['member', 'admin', 'owner'] as const)('a key may what %s may, where it has the scope for it', (access) => {
    const { key } = callers as { key: Caller }
    expect(refusal({ access, scope: 'billing:read' }, key)).toBeNull()
    expect(refusal({ access, scope: 'billing:write' }, key)).toBe('scope_missing')
  })

  it('a person needs no scope', () => {
    expect(refusal({ access: 'admin', scope: 'billing:write' }, callers.admin as Caller)).toBeNull()
  })

  describe('with an assurance', () => {
    const now = Date.UTC(2026, 0, 1)
    const proved = (secondsAgo: number, impersonatorId: string | null = null): Caller => ({
      identity: { ...identity, authenticatedAt: now / 1000 - secondsAgo, impersonatorId },
      apiKey: null,
      service: null,
    })
    const self = { access: 'user', assurance: 'self' } as const
    const recent = { access: 'user', assurance: 'recent' } as const

    it('the person themself is let in, and with `recent` for ten minutes after they proved who they are', () => {
      expect(refusal(self, proved(1_000_000), now)).toBeNull()
      expect(refusal(recent, proved(600), now)).toBeNull()
      expect(refusal(recent, proved(601), now)).toBe('step_up_required')
    })

    it('nobody who acts as them is, however recently they did', () => {
      for (const guarded of [self, recent]) expect(refusal(guarded, proved(0, 'operator'), now)).toBe('impersonating')
      expect(refusal({ access: 'user' }, proved(0, 'operator'), now)).toBeNull()
    })

    it('a key with the scope is let in where only those who act as somebody are kept out', () => {
      const { key } = callers as { key: Caller }
      const guarded = { access: 'admin', assurance: 'self' } as const
      expect(refusal({ ...guarded, scope: 'billing:read' }, key, now)).toBeNull()
      expect(refusal({ ...guarded, scope: 'billing:write' }, key, now)).toBe('scope_missing')
      expect(refusal(guarded, key, now)).toBe('people_only')
    })

    it('who may not come in anyway is told that first', () => {
      expect(refusal({ access: 'owner', assurance: 'recent' }, proved(601), now)).toBe('not_allowed')
    })
  })
})

describe('defineEvent', () => {
  it('wants a type that names module, noun, what happened and version', () => {
    expect(() => defineEvent('Something', z.object({}), { listeners: [] })).toThrow(/module\.noun\.happened\.v1/)
  })
})
