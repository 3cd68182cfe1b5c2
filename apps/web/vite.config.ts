import { defineConfig } from 'vite'
import solid from 'vite-plugin-solid'
import { contractRoutes } from './build/contract-routes.ts'
import { firstPaint } from './build/first-paint.ts'

export default defineConfig({
  plugins: [solid(), contractRoutes(), firstPaint()],
  build: {
    // Never /assets/: those paths belong to what people upload.
    assetsDir: 'app-assets',
    // Nothing inside the documents: a security policy can then allow 'self' and no more.
    assetsInlineLimit: 0,
    target: 'baseline-widely-available',
    modulePreload: { polyfill: false },
  },
})
