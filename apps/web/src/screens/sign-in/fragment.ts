import { useLocation, useNavigate } from '@solidjs/router'
import { type Accessor, createComputed, createSignal } from 'solid-js'

/**
 * What stands in the fragment of the address, which is taken out of it at once: what is good for a sign-in is in no
 * history and on no screen that somebody shares. Another link that is opened in the same tab takes its place.
 */
export function takeFragment(): Accessor<URLSearchParams> {
  const location = useLocation()
  const navigate = useNavigate()
  const [taken, setTaken] = createSignal(new URLSearchParams())
  createComputed(() => {
    if (location.hash === '') return
    setTaken(new URLSearchParams(location.hash.slice(1)))
    navigate(location.pathname + location.search, { replace: true, scroll: false })
  })
  return taken
}
