import type { RoutePreloadFunc, RouteSectionProps } from '@solidjs/router'
import { type Component, getOwner, lazy, runWithOwner } from 'solid-js'

/** A screen, or a frame, that is loaded when it is first wanted. */
export function screen<Name extends string>(
  load: () => Promise<Record<Name, Component<RouteSectionProps>>>,
  name: Name,
): Component<RouteSectionProps> {
  return lazy(async () => ({ default: (await load())[name] }))
}

/** What asks for a screen's data early is itself loaded only when wanted: the first page carries none of it. */
export function early<Name extends string>(
  load: () => Promise<Record<Name, RoutePreloadFunc>>,
  name: Name,
): RoutePreloadFunc {
  return (args) => {
    const owner = getOwner()
    void load().then((data) => runWithOwner(owner, () => data[name](args)))
  }
}
