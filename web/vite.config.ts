import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

/** Where `npm run dev` finds a running `mes`. */
const server = process.env.MES_URL ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [react()],
  build: {
    // The binary embeds dist; the placeholder keeps a fresh checkout compiling.
    emptyOutDir: true,
    chunkSizeWarningLimit: 900,
    target: 'es2022',
  },
  server: {
    proxy: Object.fromEntries(
      ['/api', '/docs', '/openapi', '/readyz', '/healthz', '/temporal', '/blobs'].map((path) => [path, server]),
    ),
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}', 'scripts/**/*.test.mjs'],
    setupFiles: ['./src/test-setup.ts'],
  },
})
