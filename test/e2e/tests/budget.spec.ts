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
    const last = page.waitForEvent('requestfinished', (request) => request.url().endsWith('.svg'))
    await page.goto(path, { waitUntil: 'load' })
    await expect(page.getByRole('heading', { name: 'Product 1' })).toBeVisible()
    await last
    const bytes = (await Promise.all(loads)).reduce((sum, size) => sum + size, 0)
    expect(bytes).toBeGreaterThan(10_000)
    expect(bytes / 1024).toBeLessThanOrEqual(kB)
  })
}

for (const [name, path, questions] of [
  ['the console', '/', ['/api/products?show=sales&sort=state', '/api/session']],
  ['a sale', '/products/1', ['/api/products/1', '/api/session']],
  ['the buyer’s page', '/buy/1', ['/api/products/1', '/api/session']],
] as const) {
  test(`what ${name} asks first is asked while its scripts load`, async ({ page, server }) => {
    await server.put('1', { quantity: 5 })
    const asked: string[] = []
    page.on('request', (request) => {
      const { pathname, search } = new URL(request.url())
      if (pathname.startsWith('/api/') && !pathname.endsWith('/events')) asked.push(pathname + search)
    })
    const answered = Promise.all(questions.map((question) => page.waitForResponse((response) => response.url().endsWith(question))))
    await page.route('**/assets/*.js', async (route) => {
      await answered
      await route.continue()
    })
    await page.goto(path)
    await expect(page.getByRole('heading', { name: 'Product 1' })).toBeVisible()
    expect(asked.slice(0, 2).sort()).toEqual(questions)
    expect(asked.filter((one) => one === '/api/session')).toHaveLength(1) // the others may be asked again with time
  })
}

test('a sale can be used before what draws its charts has come, and then they are drawn', async ({ page, server }) => {
  await server.put('1', { quantity: 5 })
  let come = () => {}
  const held = new Promise<void>((resolve) => (come = resolve))
  await page.route('**/assets/plotLook-*.js', async (route) => {
    await held
    await route.continue()
  })
  await page.goto('/products/1')
  await page.getByRole('button', { name: 'Pause' }).click()
  await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible()
  await expect(page.locator('canvas')).toHaveCount(0)
  come()
  await expect(page.getByRole('figure').filter({ hasText: 'Log and store' }).locator('canvas')).toBeVisible()
})
