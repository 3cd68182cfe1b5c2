import { elementOf, importOf, nameWithin, shorthandOf } from './edits/code.ts'
import type { Edit } from './edits/edit.ts'
import { dependency } from './edits/json.ts'
import { besideOf, sectionOf, twinOf } from './edits/twins.ts'

export interface Place {
  file: string
  edits: readonly Edit[]
}

/** The module whose entries outside of the code are as plain as a new one's are to be. */
export const LIKE = 'billing'

/**
 * Every file that must know of a module and is not its own. Whatever else lists modules finds them by itself, and what
 * is forgotten here fails a test: of the graph, of the catalogue, of compose, or of the holdings.
 */
export function placesOf(name: string): Place[] {
  const UPPER = name.toUpperCase()
  const [module, contract] = [`@lightpress/${name}`, `@lightpress/${name}-contract`]
  return [
    // All in one process, and the journey through all topologies.
    { file: 'apps/api/package.json', edits: [dependency(module), dependency(contract, 'devDependencies')] },
    { file: 'apps/api/src/main.ts', edits: [importOf(name, module), elementOf('modules', name)] },
    // Documents every contract, and knows by them what an API key can be for.
    { file: 'apps/auth-service/package.json', edits: [dependency(contract)] },
    { file: 'apps/auth-service/src/main.ts', edits: [importOf(name, contract), elementOf('documents', name)] },
    // Ask every module: the one for what it holds about somebody, the other for what happened in it.
    ...['users', 'notifications'].flatMap((asking) => [
      { file: `packages/${asking}/module/package.json`, edits: [dependency(contract)] },
      {
        file: `packages/${asking}/module/src/context.ts`,
        edits: [importOf(name, contract), shorthandOf('needs', name)],
      },
    ]),
    { file: 'infra/package.json', edits: [dependency(contract)] },
    {
      file: 'infra/src/catalogue.ts',
      edits: [
        importOf(name, contract),
        elementOf('catalogue', entryOf(name), `module: '${name}'`),
        ...['users', 'notifications'].map((asking) =>
          nameWithin('catalogue', { mark: `module: '${asking}'`, property: 'neighbours', name }),
        ),
      ],
    },
    {
      file: 'docker-compose.yml',
      edits: [
        ...[
          `${LIKE.toUpperCase()}_URL:`,
          `${LIKE.toUpperCase()}_PUBLIC_URL:`,
          `migrate-${LIKE}:`,
          `${LIKE}-service:`,
        ].map((key) => twinOf(key, [LIKE, name])),
        besideOf(`${LIKE}-service`, `${name}-service`),
      ],
    },
    {
      file: 'docker-compose.dev.yml',
      edits: [`- ./packages/${LIKE}/`, `${LIKE}-service:`].map((key) => twinOf(key, [LIKE, name])),
    },
    {
      file: 'tools/observability/prometheus/prometheus.yml',
      edits: [besideOf(`${LIKE}-service`, `${name}-service`)],
    },
    {
      file: '.env.example',
      edits: [
        twinOf(`# ${LIKE.toUpperCase()}_URL=`, [LIKE, name]),
        besideOf(`${LIKE.toUpperCase()}_DATABASE_URL`, `${UPPER}_DATABASE_URL`),
        sectionOf(name, ['How many an organisation may have.', `${UPPER}_LIMIT=10000`]),
      ],
    },
  ]
}

/** In the catalogue of services. Nothing secret, nothing to be told, and no more tasks than a beginning needs. */
function entryOf(name: string): string {
  return `{
    module: '${name}',
    contract: ${name},
    neighbours: ['auth'],
    secrets: {},
    settings: [],
    files: false,
    http: { min: 3, max: 4, cpu: 70 },
    worker: { ...worker, max: 3 },
  }`
}
