import { AppError } from '@lightpress/protocol'
import type { RoutePreloadFunc } from '@solidjs/router'
import {
  type Component,
  createComponent,
  createMemo,
  createResource,
  getOwner,
  lazy,
  runWithOwner,
  untrack,
} from 'solid-js'
import { online } from './ui/connection.ts'

/** The file that a component is in, which is a module of that name. */
type Load<Name extends string, Props extends object> = () => Promise<Record<Name, Component<Props>>>

export interface Late<Props extends object> extends Component<Props> {
  /** Loads it without showing it: before what cannot be shown without it. */
  preload: () => Promise<unknown>
}

/**
 * A screen, or what a screen cannot do without, that is loaded when it is first wanted. One that does not arrive is
 * told as a dead network is; whoever tries again loads it again.
 */
export function screen<Name extends string, Props extends object>(load: Load<Name, Props>, name: Name): Late<Props> {
  return lazy(() => load().then((file) => ({ default: file[name] }), tellUnreachable))
}

/**
 * What stands beside a screen, and comes after it. One that does not arrive leaves the screen as it is, without it, and
 * comes with the network.
 */
export function beside<Name extends string, Props extends object>(
  load: Load<Name, Props>,
  name: Name,
): Component<Props> {
  let arrived: Component<Props> | undefined
  const arrive = () =>
    load().then(
      (file) => (arrived = file[name]),
      () => undefined,
    )
  return (props) => {
    const [part] = createResource(
      () => [online()],
      () => arrived ?? arrive(),
    )
    return createMemo(() => {
      const found = part()
      return found && untrack(() => createComponent(found, props))
    }) as unknown as ReturnType<Component>
  }
}

/** What asks for a screen's data early is itself loaded only when wanted: the first page carries none of it. */
export function early<Name extends string>(
  load: () => Promise<Record<Name, RoutePreloadFunc>>,
  name: Name,
): RoutePreloadFunc {
  return (args) => {
    const owner = getOwner()
    // What is missing then is missing where it is read, and told there.
    load().then(
      (data) => runWithOwner(owner, () => data[name](args)),
      () => undefined,
    )
  }
}

function tellUnreachable(cause: unknown): never {
  throw new AppError('unavailable', 'web.unreachable', 'A part of the page could not be loaded.', { cause })
}
