import type { Dashboard } from './panels.ts'

const p95 = (histogram: string, by: string) =>
  `histogram_quantile(0.95, sum by (${by}, le) (rate(${histogram}_bucket[5m])))`
const p50 = (histogram: string, by: string) =>
  `histogram_quantile(0.5, sum by (${by}, le) (rate(${histogram}_bucket[5m])))`

const requests: Dashboard = {
  uid: 'lightpress-requests',
  title: 'Requests',
  rows: [
    {
      title: 'Services',
      panels: [
        {
          title: 'Requests a second',
          unit: 'reqps',
          queries: { '{{service}}': 'sum by (service) (rate(lightpress_http_requests_total[5m]))' },
        },
        {
          title: 'Share of errors',
          unit: 'percentunit',
          limit: 0.02,
          queries: {
            '{{service}}':
              // What never failed has no errors to divide: none of what it was asked, and not no line at all.
              '(sum by (service) (rate(lightpress_http_requests_total{code=~"5.."}[5m])) or 0 * sum by (service) (rate(lightpress_http_requests_total[5m]))) / sum by (service) (rate(lightpress_http_requests_total[5m]))',
          },
        },
        {
          title: 'Time to answer, p50 and p95',
          unit: 's',
          limit: 1,
          queries: {
            '{{service}} p50': p50('lightpress_http_request_duration_seconds', 'service'),
            '{{service}} p95': p95('lightpress_http_request_duration_seconds', 'service'),
          },
        },
      ],
    },
    {
      title: 'Operations',
      panels: [
        {
          title: 'The ten most asked for',
          unit: 'reqps',
          queries: { '{{operation}}': 'topk(10, sum by (operation) (rate(lightpress_http_requests_total[5m])))' },
        },
        {
          title: 'The ten slowest, p95',
          unit: 's',
          queries: { '{{operation}}': `topk(10, ${p95('lightpress_http_request_duration_seconds', 'operation')})` },
        },
        {
          title: 'Refusals a second, by status',
          unit: 'reqps',
          queries: { '{{code}}': 'sum by (code) (rate(lightpress_http_requests_total{code=~"4.."}[5m]))' },
        },
      ],
    },
    {
      title: 'Between modules',
      panels: [
        {
          title: 'Calls a second',
          unit: 'reqps',
          queries: {
            '{{from}} to {{operation}}': 'topk(10, sum by (from, operation) (rate(lightpress_calls_total[5m])))',
          },
        },
        {
          title: 'Calls, p95',
          unit: 's',
          queries: {
            '{{operation}} ({{way}})': `topk(10, ${p95('lightpress_call_duration_seconds', 'operation, way')})`,
          },
        },
        {
          title: 'Calls that failed',
          unit: 'reqps',
          queries: {
            '{{operation}} {{code}}':
              'sum by (operation, code) (rate(lightpress_calls_total{code=~"internal|unavailable"}[5m]))',
          },
        },
      ],
    },
  ],
}

const database: Dashboard = {
  uid: 'lightpress-database',
  title: 'Database and processes',
  rows: [
    {
      title: 'PostgreSQL, as the modules see it',
      panels: [
        {
          title: 'Statements, p50 and p95',
          unit: 's',
          limit: 0.5,
          queries: {
            '{{module}} p50': p50('lightpress_database_query_duration_seconds', 'module'),
            '{{module}} p95': p95('lightpress_database_query_duration_seconds', 'module'),
          },
        },
        {
          title: 'Statements a second',
          unit: 'ops',
          queries: { '{{module}}': 'sum by (module) (rate(lightpress_database_query_duration_seconds_count[5m]))' },
        },
        {
          title: 'Transactions a second, by end',
          unit: 'ops',
          queries: {
            '{{module}} {{outcome}}': 'sum by (module, outcome) (rate(lightpress_database_transactions_total[5m]))',
          },
        },
        {
          title: 'Transactions, p95',
          unit: 's',
          queries: { '{{module}}': p95('lightpress_database_transaction_duration_seconds', 'module') },
        },
      ],
    },
    {
      title: 'Connections',
      panels: [
        {
          title: 'In use, of those there may be',
          unit: 'percentunit',
          limit: 0.9,
          queries: {
            '{{module}}':
              'sum by (module) (lightpress_database_pool_connections{state="used"}) / sum by (module) (lightpress_database_pool_max_connections)',
          },
        },
        {
          title: 'Waiting for one',
          unit: 'short',
          limit: 1,
          queries: { '{{module}}': 'sum by (module) (lightpress_database_pool_waiting)' },
        },
      ],
    },
    {
      title: 'Processes',
      panels: [
        {
          title: 'CPU',
          unit: 'percentunit',
          queries: { '{{service}} {{instance}}': 'rate(process_cpu_seconds_total{job="lightpress"}[5m])' },
        },
        {
          title: 'Memory',
          unit: 'bytes',
          queries: { '{{service}} {{instance}}': 'process_resident_memory_bytes{job="lightpress"}' },
        },
        {
          title: 'Event loop, p99',
          unit: 's',
          limit: 0.25,
          queries: { '{{service}} {{instance}}': 'nodejs_eventloop_lag_p99_seconds{job="lightpress"}' },
        },
        {
          title: 'Open streams',
          unit: 'short',
          queries: { '{{service}}': 'sum by (service) (lightpress_streams_open)' },
        },
      ],
    },
  ],
}

const queues: Dashboard = {
  uid: 'lightpress-queues',
  title: 'Queues and vendors',
  rows: [
    {
      title: 'Queues',
      panels: [
        {
          title: 'Waiting',
          unit: 'short',
          limit: 500,
          queries: { '{{queue}}': 'max by (queue) (lightpress_queue_jobs{state="due"})' },
        },
        {
          title: 'Age of the oldest',
          unit: 's',
          limit: 300,
          queries: { '{{queue}}': 'max by (queue) (lightpress_queue_lag_seconds)' },
        },
        {
          title: 'At work, and waiting for another attempt',
          unit: 'short',
          queries: { '{{queue}} {{state}}': 'max by (queue, state) (lightpress_queue_jobs{state=~"active|delayed"})' },
        },
      ],
    },
    {
      title: 'Deliveries',
      panels: [
        {
          title: 'Attempts a second, by end',
          unit: 'ops',
          queries: { '{{module}} {{outcome}}': 'sum by (module, outcome) (rate(lightpress_deliveries_total[5m]))' },
        },
        {
          title: 'Failing',
          unit: 'ops',
          queries: { '{{type}}': 'topk(10, sum by (type) (rate(lightpress_deliveries_total{outcome="failed"}[5m])))' },
        },
        {
          title: 'Attempts, p95',
          unit: 's',
          queries: { '{{module}} {{kind}}': p95('lightpress_delivery_duration_seconds', 'module, kind') },
        },
      ],
    },
    {
      title: 'Outbox',
      panels: [
        {
          title: 'Dead letters',
          unit: 'short',
          limit: 1,
          queries: {
            '{{module}} to {{listener}}': 'max by (module, listener, kind) (lightpress_outbox_rows{state="dead"})',
          },
        },
        {
          title: 'Age of the oldest that is not sent',
          unit: 's',
          limit: 60,
          queries: { '{{module}}': 'max by (module) (lightpress_outbox_oldest_unsent_seconds)' },
        },
        {
          title: 'Promised and not done',
          unit: 'short',
          queries: {
            '{{module}} {{state}}': 'max by (module, listener, kind, state) (lightpress_outbox_rows{state!="dead"})',
          },
        },
        {
          title: 'Sent a second',
          unit: 'ops',
          queries: { '{{module}}': 'sum by (module) (rate(lightpress_outbox_sent_total[5m]))' },
        },
      ],
    },
    {
      title: 'Vendors',
      panels: [
        {
          title: 'Requests a second, by answer',
          unit: 'reqps',
          queries: { '{{vendor}} {{code}}': 'sum by (vendor, code) (rate(lightpress_vendor_requests_total[5m]))' },
        },
        {
          title: 'Until they answer, p95',
          unit: 's',
          limit: 3,
          queries: { '{{vendor}}': p95('lightpress_vendor_request_duration_seconds', 'vendor') },
        },
      ],
    },
  ],
}

/** People and money, as far as operations tell of them. */
const product: Dashboard = {
  uid: 'lightpress-product',
  title: 'The product',
  rows: [
    {
      title: 'People',
      panels: [
        {
          title: 'Addresses confirmed an hour',
          unit: 'short',
          queries: {
            'sign-ups': 'sum(increase(lightpress_http_requests_total{operation="auth.verifyEmail",code=~"2.."}[1h]))',
          },
        },
        {
          title: 'Sign-ins an hour, by answer',
          unit: 'short',
          queries: {
            '{{code}}': 'sum by (code) (increase(lightpress_http_requests_total{operation="auth.signIn"}[1h]))',
          },
        },
      ],
    },
    {
      title: 'Money and mail',
      panels: [
        {
          title: 'Checkouts begun an hour',
          unit: 'short',
          queries: {
            checkouts:
              'sum(increase(lightpress_http_requests_total{operation="billing.startCheckout",code=~"2.."}[1h]))',
          },
        },
        {
          title: 'Webhooks of Stripe an hour, by answer',
          unit: 'short',
          queries: {
            '{{code}}':
              'sum by (code) (increase(lightpress_http_requests_total{operation="billing.stripeWebhook"}[1h]))',
          },
        },
        {
          title: 'Requests that Resend took an hour',
          unit: 'short',
          queries: { mails: 'sum(increase(lightpress_vendor_requests_total{vendor="resend",code="200"}[1h]))' },
        },
      ],
    },
  ],
}

export const dashboards: readonly Dashboard[] = [requests, database, queues, product]
