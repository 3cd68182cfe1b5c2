import { createAsync, query, type RouteSectionProps, revalidate, useNavigate, useSearchParams } from '@solidjs/router'
import Menu from 'lucide-solid/icons/menu'
import { createEffect, createMemo, createSignal, ErrorBoundary, onCleanup, Show, Suspense, untrack } from 'solid-js'
import { leaveActing } from '../account/acting-end.ts'
import { countUnread, getMe } from '../account/data.ts'
import { createKnownSession } from '../account/known-session.ts'
import { followNotifications } from '../account/live.ts'
import { askUnread, setUnread } from '../account/unread.ts'
import { signInPath } from '../api/next-path.ts'
import { onSessionChange, onSessionEnd } from '../api/session.ts'
import { onOtherTab, readSession } from '../api/session-note.ts'
import { setSignInReason } from '../api/sign-in-reason.ts'
import { beside, screen } from '../screen.ts'
import { BrokenPart } from '../screens/broken/page.tsx'
import { classOf } from '../ui/button.tsx'
import { dropDraftsOfOthers } from '../ui/drafts.ts'
import { useFormatsOf, useFormatsOfBrowser } from '../ui/formats.ts'
import { Wordmark } from '../ui/mark.tsx'
import { Main, SkipLink } from '../ui/page.tsx'
import { setTheme, theme } from '../ui/theme.ts'
import { toast, toastFailure } from '../ui/toast.ts'
import styles from './app.module.css'
import { Banners } from './app/banners.tsx'
import { Bell } from './app/bell.tsx'
import { createPaletteKey } from './app/palette-key.ts'
import { Sidebar } from './app/sidebar.tsx'
import { StepUp } from './app/step-up.tsx'

const Dialog = beside(() => import('../ui/dialog.tsx'), 'Dialog')
const CreateOrganization = screen(() => import('../screens/create-organization/dialog.tsx'), 'CreateOrganization')
const Palette = beside(() => import('./app/palette.tsx'), 'Palette')

/** Signed in: the sidebar, the banners, and one screen. */
export function AppLayout(props: RouteSectionProps) {
  // The frame stands whatever fails: each screen tells its own failures.
  const me = createAsync(() => getMe().catch(() => undefined))
  // While the profile cannot be read the stream goes on: who it is stays who it was.
  const follower = createMemo<string | undefined>((before) => me()?.id ?? before)
  const [sheet, setSheet] = createSignal(false)
  const [palette, setPalette] = createSignal(false)
  const [creating, setCreating] = createSignal(false)
  const createOrganization = () => void CreateOrganization.preload().then(() => setCreating(true), toastFailure)
  createPaletteKey(() => setPalette((open) => !open))
  const session = createKnownSession()
  leaveWithSession(
    () => me()?.id,
    () => (session()?.impersonation ? (me()?.name ?? 'somebody else') : undefined),
  )
  tellProblems()
  // What one person had is not the next one's.
  onCleanup(() => {
    useFormatsOfBrowser()
    setUnread(0)
  })

  createEffect(() => {
    const person = me()
    if (!person) return
    useFormatsOf(person)
    dropDraftsOfOthers(person.id)
    // Not asked again when the theme changes: what was just chosen is not in the profile yet.
    if (person.theme !== untrack(theme)) setTheme(person.theme)
  })

  return (
    <div class={styles.layout}>
      <SkipLink />
      <Banners />
      <div class={styles.columns}>
        <aside class={styles.side} aria-label="Sidebar">
          <Sidebar openPalette={() => setPalette(true)} createOrganization={createOrganization} />
        </aside>
        <header class={styles.bar}>
          <button
            type="button"
            class={classOf({ variant: 'quiet', square: true })}
            aria-label="Open the menu"
            onClick={() => setSheet(true)}
          >
            <Menu size={16} />
          </button>
          <Wordmark />
          <Bell />
        </header>
        <Main class={styles.main}>
          <ErrorBoundary fallback={(error: unknown, reset) => <BrokenPart error={error} reset={reset} />}>
            <Suspense>{props.children}</Suspense>
          </ErrorBoundary>
        </Main>
      </div>
      <Suspense>
        <Dialog sheet title="Menu" open={sheet()} onOpenChange={setSheet}>
          <Sidebar
            openPalette={() => setPalette(true)}
            createOrganization={createOrganization}
            onLeave={() => setSheet(false)}
          />
        </Dialog>
      </Suspense>
      <StepUp />
      <Suspense>
        <Show when={palette()}>
          <Palette onClose={() => setPalette(false)} createOrganization={createOrganization} />
        </Show>
      </Suspense>
      <Suspense>
        <Show when={creating()}>
          <CreateOrganization onClose={() => setCreating(false)} />
        </Show>
      </Suspense>
      <Suspense>
        <Show when={follower()} keyed>
          {(id) => {
            onCleanup(followNotifications(id))
            // The stream says it too, once it is open, and may not be for a while.
            askUnread(countUnread).catch(() => undefined)
            return null
          }}
        </Show>
      </Suspense>
    </div>
  )
}

/**
 * When the session ends, here or in another tab, what was being done can be gone on with after the next sign-in, by
 * the same person. For the next one, nothing that was read may be left: Back would show it without asking.
 */
function leaveWithSession(shownTo: () => string | undefined, actedAs: () => string | undefined) {
  const navigate = useNavigate()
  const leave = () => {
    query.clear()
    navigate(signInPath(location), { replace: true })
  }
  const change = () => {
    const name = untrack(actedAs)
    if (name === undefined) location.reload()
    else leaveActing(name)
  }
  onCleanup(onSessionEnd(leave))
  onCleanup(onSessionChange((did) => (did === 'switched' ? void revalidate() : change())))
  onCleanup(
    onOtherTab((did) => {
      if (did === 'ended') {
        setSignInReason('session_ended')
        leave()
      } else if (did === 'switched') void revalidate()
      else change()
    }),
  )
  // A page that the browser had put aside was told nothing meanwhile.
  const restored = ({ persisted }: PageTransitionEvent) => {
    if (persisted && readSession()?.userId !== untrack(shownTo)) location.reload()
  }
  addEventListener('pageshow', restored)
  onCleanup(() => removeEventListener('pageshow', restored))
}

/** Another provider leads back here whether it went well or not. It is told once: a reload has nothing of it. */
function tellProblems() {
  const [search, setSearch] = useSearchParams<{ problem: string }>()
  createEffect(() => {
    const { problem } = search
    if (problem === undefined) return
    void import('./app/provider-problem.ts').then(({ providerProblem }) => toast(providerProblem(problem)))
    setSearch({ problem: undefined }, { replace: true })
  })
}
