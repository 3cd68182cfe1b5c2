import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  schema: './src/pair/receiver/schema.ts',
  out: './src/pair/receiver/migrations',
  schemaFilter: ['receiver'],
})
