import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  schema: ['./src/schema.ts', './src/webhooks/schema.ts'],
  out: './migrations',
  schemaFilter: ['notifications'],
})
