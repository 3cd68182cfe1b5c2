import { defineConfig } from 'vite'
import solid from 'vite-plugin-solid'
import { contractRoutes } from './build/contract-routes.ts'
import { firstPaint } from './build/first-paint.ts'

/**
 * A few files that screens share, instead of thirty of half a kilobyte: the start, what public pages need besides,
 * and then by use, so that nobody who reads the prices loads a form.
 */
const groups = [
  { name: 'base', tags: ['$initial' as const], priority: 5 },
  { name: 'public', test: /\/src\/(api\/session-note|ui\/page\.)|icons\/check\.jsx/, priority: 4 },
  {
    name: 'api',
    test: /\/src\/api\/(?!auth|billing|catalogue|client|invitations|notifications|passkeys|read|renewing|session\.|step-up|unsubscribing|users|warm)|routes\/entrance|data\/response/,
    priority: 3,
  },
  { name: 'session', test: /\/src\/api\/(renewing|session\.)/, priority: 3 },
  {
    name: 'plans',
    test: /\/src\/(plans\/(?!cost|kept|pay-link|plan-name|renewal)|screens\/pricing\/data|api\/(catalogue|warm)|ui\/(badge|format|money|region|skeleton))|routes\/catalogue|billing\/contract\/|createAsync/,
    priority: 2,
  },
  // Those of the sidebar that no public page has: twenty files of them would weigh twice as much.
  {
    name: 'icons',
    test: /icons\/(activity|building|eraser|layers|list-tree|mail-x|mails|scale|scroll-text|settings|shield-check|skull|sliders-horizontal|users-round|venetian-mask|webhook)\.jsx/,
    priority: 1,
  },
  { name: 'forms', test: /\/src\/ui\/(heading|form\.|email-rule|text-field|password-)/, priority: 1 },
  { name: 'new-password', test: /\/src\/ui\/(new-password|password\.)/, priority: 1 },
  {
    name: 'parts',
    test: /\/src\/(account|ui)\/(?!avatar|back-link|categories|check|code-|command|confirm|copy|credentials|dialog|error-line|facts|impersonation|in-words|initials|menu|none|operators|person-rule|search-params|secret|select|toasts|truncate)/,
    minShareCount: 2,
  },
]

export default defineConfig({
  plugins: [solid(), contractRoutes(), firstPaint()],
  build: {
    // Never /assets/: those paths belong to what people upload.
    assetsDir: 'app-assets',
    // Nothing inside the documents: a security policy can then allow 'self' and no more.
    assetsInlineLimit: 0,
    target: 'baseline-widely-available',
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { groups } } },
  },
})
