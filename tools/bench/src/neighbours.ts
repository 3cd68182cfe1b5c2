import { catalogue } from 'infra'

/** What a service is told of its neighbours when one process plays all of them: `AUTH_URL` and the like. */
export function neighboursAt(url: string, service: string): Record<string, string> {
  const deployed = catalogue.find(({ module }) => module === service)
  if (!deployed) throw new TypeError(`${service} is in no entry of the catalogue`)
  return Object.fromEntries(deployed.neighbours.map((name) => [`${name.toUpperCase()}_URL`, url]))
}
