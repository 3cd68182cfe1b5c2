import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type SpanContext } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import {
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from '@opentelemetry/resources'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type Sampler,
} from '@opentelemetry/sdk-trace'
import { ATTR_ERROR_TYPE, ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions'
import type { KernelConfig } from './config.ts'
import { describeError, type Logger } from './logging.ts'
import { errorType, isFault, type Tracer } from './spans.ts'
import { isTraceparent } from './trace.ts'

/** Milliseconds that a shutdown waits for the last spans. */
const FLUSH = 3_000

export interface TracingOptions {
  endpoint: string
  kernel: Pick<KernelConfig, 'OTEL_TRACES_SAMPLER' | 'OTEL_TRACES_SAMPLER_ARG' | 'ENVIRONMENT' | 'RELEASE'>
  service: string
  log: Logger
}

/**
 * Exports spans over OTLP/HTTP. Loaded only where an endpoint is configured. The SDK reads its other standard variables
 * itself (`OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_SERVICE_NAME` …).
 */
export function createTracer({ endpoint, kernel, service, log }: TracingOptions): Tracer {
  const own = resourceFromAttributes({
    [ATTR_SERVICE_NAME]: service,
    ...(kernel.RELEASE && { [ATTR_SERVICE_VERSION]: kernel.RELEASE }),
    'deployment.environment.name': kernel.ENVIRONMENT,
  })
  const exporter = new OTLPTraceExporter({ url: new URL('v1/traces', endpoint.replace(/\/*$/, '/')).href })
  const provider = new TracerProvider({
    resource: own.merge(detectResources({ detectors: [resourceAttributesEnvDetector, serviceNameEnvDetector] })),
    sampler: samplerOf(kernel),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  })
  const tracer = provider.getTracer('lightpress')

  return {
    enabled: true,
    start({ name, kind, attributes = {} }, parent) {
      const context = isTraceparent(parent) ? trace.setSpanContext(ROOT_CONTEXT, contextOf(parent)) : ROOT_CONTEXT
      const span = tracer.startSpan(name, { kind: kinds[kind], attributes }, context)
      return {
        traceparent: traceparentOf(span.spanContext()),
        set: (more) => void span.setAttributes(more),
        end(failure) {
          if (failure !== undefined) span.setAttribute(ATTR_ERROR_TYPE, errorType(failure))
          // Its message may tell of people, and stands in the log.
          if (failure !== undefined && isFault(failure)) span.setStatus({ code: SpanStatusCode.ERROR })
          span.end()
        },
      }
    },
    async close() {
      const late = new Promise<void>((resolve) => setTimeout(resolve, FLUSH).unref())
      const flushed = provider.shutdown().catch((error: unknown) => log.warn(describeError(error), 'spans were lost'))
      await Promise.race([flushed, late])
    },
  }
}

const kinds = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  internal: SpanKind.INTERNAL,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const

/** Whoever began a trace decides whether it is kept (`parentbased_…`); the rest is said as the standard says it. */
function samplerOf({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: ratio }: TracingOptions['kernel']): Sampler {
  switch (name) {
    case 'always_on':
      return new AlwaysOnSampler()
    case 'always_off':
      return new AlwaysOffSampler()
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(ratio)
    case 'parentbased_always_on':
      return new ParentBasedSampler({ root: new AlwaysOnSampler() })
    case 'parentbased_always_off':
      return new ParentBasedSampler({ root: new AlwaysOffSampler() })
    case 'parentbased_traceidratio':
      return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) })
  }
}

function contextOf(traceparent: string): SpanContext {
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-')
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true }
}

function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags & 1 ? '01' : '00'}`
}
