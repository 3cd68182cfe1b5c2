import { fileURLToPath } from 'node:url'
import { brotliCompressSync } from 'node:zlib'
import { build, type Rolldown } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * What a browser has to load before a screen stands: the entry, the layout, the screen and all they import. Where a
 * password is chosen, the kilobyte more is its rules. Their list alone, loaded later, would not bring it under 30.
 */
const screens = {
  landing: { limit: 30_000, needs: ['index.html', 'src/layouts/marketing.tsx', 'src/screens/landing/page.tsx'] },
  pricing: { limit: 30_000, needs: ['index.html', 'src/layouts/marketing.tsx', 'src/screens/pricing/page.tsx'] },
  'sign-up': { limit: 31_000, needs: ['index.html', 'src/layouts/signed-out.tsx', 'src/screens/sign-up/page.tsx'] },
  'sign-in': { limit: 30_000, needs: ['index.html', 'src/layouts/signed-out.tsx', 'src/screens/sign-in/page.tsx'] },
  'forgot-password': {
    limit: 30_000,
    needs: ['index.html', 'src/layouts/signed-out.tsx', 'src/screens/forgot-password/page.tsx'],
  },
  'reset-password': {
    limit: 31_000,
    needs: ['index.html', 'src/layouts/signed-out.tsx', 'src/screens/reset-password/page.tsx'],
  },
  'confirm-email': {
    limit: 30_000,
    needs: ['index.html', 'src/layouts/signed-out.tsx', 'src/screens/confirm-email/page.tsx'],
  },
  invitation: {
    limit: 30_000,
    needs: ['index.html', 'src/layouts/signed-out.tsx', 'src/screens/invitation/page.tsx'],
  },
  unsubscribe: {
    limit: 30_000,
    needs: ['index.html', 'src/screens/sign-in/step.tsx', 'src/screens/unsubscribe/page.tsx'],
  },
  dashboard: {
    limit: 80_000,
    needs: ['index.html', 'src/layouts/app.tsx', 'src/inside.ts', 'src/screens/dashboard/page.tsx'],
  },
  billing: {
    limit: 80_000,
    needs: ['index.html', 'src/layouts/app.tsx', 'src/inside.ts', 'src/screens/billing/page.tsx'],
  },
  notifications: {
    limit: 80_000,
    needs: [
      'index.html',
      'src/layouts/app.tsx',
      'src/inside.ts',
      'src/notifications.tsx',
      'src/screens/notifications/page.tsx',
    ],
  },
  'notification preferences': {
    limit: 80_000,
    needs: [
      'index.html',
      'src/layouts/app.tsx',
      'src/inside.ts',
      'src/notifications.tsx',
      'src/screens/notification-preferences/page.tsx',
    ],
  },
  security: {
    limit: 80_000,
    needs: ['index.html', 'src/layouts/app.tsx', 'src/inside.ts', 'src/screens/security/page.tsx'],
  },
  'api-keys': {
    limit: 80_000,
    needs: ['index.html', 'src/layouts/app.tsx', 'src/inside.ts', 'src/screens/api-keys/page.tsx'],
  },
  'audit log': {
    limit: 80_000,
    needs: ['index.html', 'src/layouts/app.tsx', 'src/inside.ts', 'src/screens/operators-audit/page.tsx'],
  },
  timeline: {
    limit: 80_000,
    needs: [
      'index.html',
      'src/layouts/app.tsx',
      'src/inside.ts',
      'src/operators.tsx',
      'src/screens/operators-timeline/page.tsx',
    ],
  },
  profile: {
    limit: 80_000,
    needs: ['index.html', 'src/layouts/app.tsx', 'src/inside.ts', 'src/screens/profile/page.tsx'],
  },
  organisation: {
    limit: 80_000,
    needs: [
      'index.html',
      'src/layouts/app.tsx',
      'src/inside.ts',
      'src/organization.tsx',
      'src/screens/organization/page.tsx',
    ],
  },
  members: {
    limit: 80_000,
    needs: [
      'index.html',
      'src/layouts/app.tsx',
      'src/inside.ts',
      'src/organization.tsx',
      'src/screens/members/page.tsx',
    ],
  },
  invitations: {
    limit: 80_000,
    needs: [
      'index.html',
      'src/layouts/app.tsx',
      'src/inside.ts',
      'src/organization.tsx',
      'src/screens/invitations/page.tsx',
    ],
  },
  activity: {
    limit: 80_000,
    needs: [
      'index.html',
      'src/layouts/app.tsx',
      'src/inside.ts',
      'src/organization.tsx',
      'src/screens/organization-activity/page.tsx',
    ],
  },
  webhooks: {
    limit: 80_000,
    needs: [
      'index.html',
      'src/layouts/app.tsx',
      'src/inside.ts',
      'src/organization.tsx',
      'src/screens/webhooks/page.tsx',
    ],
  },
  'webhook endpoint': {
    limit: 80_000,
    needs: [
      'index.html',
      'src/layouts/app.tsx',
      'src/inside.ts',
      'src/organization.tsx',
      'src/screens/webhook-endpoint/page.tsx',
    ],
  },
  'webhook delivery': {
    limit: 80_000,
    needs: [
      'index.html',
      'src/layouts/app.tsx',
      'src/inside.ts',
      'src/organization.tsx',
      'src/screens/webhook-delivery/page.tsx',
    ],
  },
}

export interface Measured {
  screen: string
  /** Bytes of JavaScript, brotli. */
  size: number
  limit: number
  files: number
  /** Packages whose code is in it. */
  packages: string[]
}

/** Builds as for production, into memory, and weighs each screen's JavaScript. Nothing of development may be in it. */
export async function measure(): Promise<Measured[]> {
  const built = await build({ root, logLevel: 'warn', build: { write: false } })
  if (!('output' in built)) throw new Error('The build gave no output')
  const chunks = built.output.filter((file) => file.type === 'chunk')
  if (chunks.some(({ moduleIds }) => moduleIds.some((id) => id.startsWith(`${root}src/development/`))))
    throw new Error('The build has what is for development alone')
  return Object.entries(screens).map(([screen, { limit, needs }]) => {
    const loaded = closure(chunks, needs)
    return {
      screen,
      limit,
      size: loaded.reduce((sum, { code }) => sum + brotliCompressSync(code).length, 0),
      files: loaded.length,
      packages: [...new Set(loaded.flatMap(({ moduleIds }) => moduleIds.map(packageOf)))].sort(),
    }
  })
}

function closure(chunks: readonly Rolldown.OutputChunk[], needs: readonly string[]): Rolldown.OutputChunk[] {
  const found = new Set<Rolldown.OutputChunk>()
  const add = (chunk: Rolldown.OutputChunk | undefined) => {
    if (!chunk || found.has(chunk)) return
    found.add(chunk)
    for (const name of chunk.imports) add(chunks.find(({ fileName }) => fileName === name))
  }
  for (const file of needs) {
    const chunk = chunks.find(({ facadeModuleId }) => facadeModuleId === root + file)
    if (!chunk) throw new Error(`The build has no chunk for ${file}`)
    add(chunk)
  }
  return [...found]
}

function packageOf(module: string): string {
  return module.match(/.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? (module.startsWith(root) ? '.' : module)
}

if (import.meta.main) {
  const measured = await measure()
  for (const { screen, size, limit, files } of measured) {
    const mark = size > limit ? 'over' : 'ok'
    console.log(
      `${screen.padEnd(16)} ${(size / 1000).toFixed(1).padStart(5)} of ${limit / 1000} kB, ${files} files: ${mark}`,
    )
  }
  if (measured.some(({ size, limit }) => size > limit)) process.exitCode = 1
}
