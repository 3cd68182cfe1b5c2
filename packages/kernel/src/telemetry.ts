import type { KernelConfig } from './config.ts'
import type { ErrorPlace } from './error-report.ts'
import { describeError, type Logger } from './logging.ts'
import { createMetrics, noMetrics, type Metrics } from './metrics.ts'
import { noTracer, type Tracer } from './spans.ts'

/** What a process tells of itself besides its logs. */
export interface Telemetry {
  metrics: Metrics
  tracer: Tracer
  /** Counts what was not foreseen, and reports it where that is configured. Never throws. */
  report(error: unknown, place: ErrorPlace): void
  /** Sends what has not been sent, for a few seconds at most. */
  close(): Promise<void>
}

/** For commands and tests that nobody watches. */
export const noTelemetry: Telemetry = {
  metrics: noMetrics,
  tracer: noTracer,
  report() {},
  close: () => Promise.resolve(),
}

/** Exporters are loaded only where they are configured: what is not needed costs a start nothing. */
export async function startTelemetry(
  kernel: KernelConfig,
  { service, log }: { service: string; log: Logger },
): Promise<Telemetry> {
  const metrics = kernel.METRICS ? createMetrics(log) : noMetrics
  const tracer = await startTracing(kernel, { service, log })
  const sentry = await startSentry(kernel, service)
  return {
    metrics,
    tracer,
    report(error, place) {
      metrics.errors.inc({ module: place.module })
      try {
        sentry?.report(error, place)
      } catch (failure) {
        log.warn(describeError(failure), 'an error could not be reported')
      }
    },
    async close() {
      await Promise.allSettled([tracer.close(), sentry?.close()])
    },
  }
}

async function startTracing(kernel: KernelConfig, about: { service: string; log: Logger }): Promise<Tracer> {
  const endpoint = kernel.OTEL_EXPORTER_OTLP_ENDPOINT
  if (endpoint === undefined) return noTracer
  const { createTracer } = await import('./opentelemetry.ts')
  return createTracer({ endpoint, kernel, ...about })
}

async function startSentry(kernel: KernelConfig, service: string) {
  const dsn = kernel.SENTRY_DSN
  if (dsn === undefined) return undefined
  const { createSentry } = await import('./sentry.ts')
  return createSentry({ dsn, environment: kernel.ENVIRONMENT, release: kernel.RELEASE, service })
}
