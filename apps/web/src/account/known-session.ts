import { createAsync } from '@solidjs/router'
import { type Accessor, createEffect, createSignal } from 'solid-js'
import type { auth } from '../api/auth.ts'
import { getSession } from './data.ts'

type Session = Awaited<ReturnType<typeof auth.getSession>>

/** The session once it is known, and undefined before that. Nothing waits for it, as the frame of a screen must not. */
export function createKnownSession(): Accessor<Session | undefined> {
  const session = createAsync(() => getSession().catch(() => undefined))
  const [known, setKnown] = createSignal<Session>()
  createEffect(() => setKnown(session()))
  return known
}
