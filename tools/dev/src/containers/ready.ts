// Whether the product is there: each service that the gateway routes to says that it is ready. For its HEALTHCHECK.
const addresses = Object.entries(process.env).filter(([name]) => name.endsWith('_PUBLIC_URL'))
if (addresses.length === 0) throw new Error('No *_PUBLIC_URL names a service to ask.')
const answers = await Promise.all(
  addresses.map(async ([, url]) => {
    const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) })
    return answer.ok ? [] : [`${url} answered ${answer.status}`]
  }),
)
for (const problem of answers.flat()) console.error(problem)
process.exit(answers.flat().length === 0 ? 0 : 1)
