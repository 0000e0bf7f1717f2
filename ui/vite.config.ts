import { readFileSync } from 'node:fs'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { minifySync } from 'vite'
import { defineConfig } from 'vitest/config'

const server = process.env.SECKILL_URL ?? 'http://localhost:3000'

const page = process.env.PAGE ?? 'index'

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
    {
      // What stands in the page itself: a file of its own would be waited for.
      name: 'early',
      transformIndexHtml: () => {
        const { code } = minifySync('early.js', readFileSync('src/early.js', 'utf8'))
        return [{ tag: 'script', children: code, injectTo: 'head-prepend' }]
      },
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
  // Two pages, each built by itself: a file of what they share would be one more to ask for, and have what one of them alone needs.
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    emptyOutDir: page === 'index',
    // A browser that does not know it loads the same, a little later.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: `${page}.html`,
      // Most of it runs at once: a browser that knows this line compiles it while it comes, beside the page and not before it.
      output: { postBanner: '//# allFunctionsCalledOnLoad' },
    },
  },
  server: { proxy: { '/api': server } },
  test: { include: ['src/**/*.test.ts'] },
})
