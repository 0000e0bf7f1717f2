import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const server = process.env.SECKILL_URL ?? 'http://localhost:3000'

// The server answers these paths with a page; Vite's own server has to do the same while the pages are being worked on.
function pageOf(path: string): string | undefined {
  if (path.startsWith('/buy/')) return '/buy.html'
  if (path === '/' || path.startsWith('/products/') || path.startsWith('/order/')) return '/index.html'
  return undefined
}

export default defineConfig({
  plugins: [
    {
      // What a page loads later has nothing that could be loaded beside it, and the whole helper weighs more than the part.
      name: 'later',
      enforce: 'pre',
      load: (id) => (id === '\0vite/preload-helper.js' ? 'export const __vitePreload = (load) => load()' : undefined),
    },
    react(),
    tailwindcss(),
    {
      name: 'pages',
      configureServer(vite) {
        vite.middlewares.use((request, _response, next) => {
          request.url = pageOf(request.url ?? '/') ?? request.url
          next()
        })
      },
    },
  ],
  // Two pages with their own entry: a buyer on a phone must not load the console.
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    // A browser that does not know it loads the same, a little later.
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ['index.html', 'buy.html'] },
  },
  server: { proxy: { '/api': server } },
  test: { include: ['src/**/*.test.ts'] },
})
