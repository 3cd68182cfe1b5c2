import { revalidate } from '@solidjs/router'
import { ErrorBoundary, type JSX, Suspense } from 'solid-js'
import { Card } from './card.tsx'
import { Skeleton } from './skeleton.tsx'
import { FailedState } from './failed-state.tsx'

export interface RegionProps {
  /** Keys of the queries that are read inside: what a retry asks for again. */
  reads: readonly string[]
  /** Heights of the skeleton's blocks, in rem. */
  heights: readonly number[]
  /** What is missing where it fails, for a part that is not all there is. */
  title?: string
  children: JSX.Element
}

/** A part of a screen that loads and fails by itself, and leaves the rest standing. */
export function Region(props: RegionProps) {
  return (
    <ErrorBoundary
      fallback={(error: unknown, reset) => (
        <Card {...(props.title !== undefined && { title: props.title })}>
          <FailedState error={error} retry={() => revalidate([...props.reads]).then(reset)} />
        </Card>
      )}
    >
      <Suspense fallback={<Skeleton heights={props.heights} />}>{props.children}</Suspense>
    </ErrorBoundary>
  )
}
