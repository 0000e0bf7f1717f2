import { expect, test } from '../fixtures'

for (const [name, path, kB] of [
  ['the console', '/', 220],
  ['the buyer’s page', '/buy/1', 90],
] as const) {
  // What comes once a press asks for it does not count: that it does not come before is in mine.spec.ts.
  test(`${name} is at most ${kB} KB on the wire`, async ({ page, server }) => {
    await server.put('1', { quantity: 5 })
    const loads: Promise<number>[] = []
    page.on('requestfinished', (request) => {
      if (!new URL(request.url()).pathname.startsWith('/api/')) loads.push(request.sizes().then((sizes) => sizes.responseBodySize))
    })
    await page.goto(path, { waitUntil: 'load' })
    await expect(page.getByRole('heading', { name: 'Product 1' })).toBeVisible()
    const bytes = (await Promise.all(loads)).reduce((sum, size) => sum + size, 0)
    expect(bytes).toBeGreaterThan(10_000)
    expect(bytes / 1024).toBeLessThanOrEqual(kB)
  })
}
