import type { Page } from '@playwright/test'
import { buyAs, counter, expect, test } from '../fixtures'
import type { Server } from '../server'

const outage = (page: Page) => page.getByText('The server cannot be reached.')

for (const [name, path] of [
  ['the console', '/'],
  ['one sale live', '/products/1'],
  ['its orders', '/order/1'],
  ['the buyer’s page', '/buy/1'],
] as const) {
  test(`${name} says that the server is gone, and recovers by itself`, async ({ page, server }) => {
    await server.put('1', { quantity: 50 })
    await server.fill('1', 20)
    await page.goto(path)
    await expect(page.getByRole('heading', { name: 'Product 1' })).toBeVisible()
    await server.kill()
    await expect(outage(page)).toBeVisible()
    await server.up()
    await expect(outage(page)).toBeHidden()
    await server.fill('1', 10, 'after')
    await expectThirty(page, path)
  })
}

async function expectThirty(page: Page, path: string) {
  if (path === '/order/1') await expect(counter(page, 'held')).toHaveText('30')
  else if (path === '/buy/1') await expect(page.getByText('20', { exact: true })).toBeVisible()
  else await expect(counter(page, 'placed')).toHaveText('30')
}

test('a press while the server is gone is carried out once it is back', async ({ page, server }) => {
  await server.put('1', { quantity: 5 })
  await page.goto('/buy/1')
  await expect(page.getByRole('button', { name: 'Buy one' })).toBeEnabled()
  await server.kill()
  await buyAs(page, 'ann')
  await expect(page.getByText('No answer yet')).toBeVisible()
  await server.up()
  await expect(page.getByRole('heading', { name: 'It’s yours' })).toBeVisible()
  await expect.poll(() => held(server)).toBe(1)
})

test('connection lost, still yours', async ({ page, server }) => {
  await server.put('1', { quantity: 5 })
  await page.goto('/buy/1')
  await buyAs(page, 'ann')
  await expect(page.getByRole('heading', { name: 'It’s yours' })).toBeVisible()
  await server.kill()
  await expect(page.getByText('Your order is safe.')).toBeVisible()
  await expect(page.getByRole('heading', { name: 'It’s yours' })).toBeVisible()
  await server.up()
  await expect(outage(page)).toBeHidden()
  await expect(page.getByRole('heading', { name: 'It’s yours' })).toBeVisible()
  await expect.poll(() => held(server)).toBe(1)
})

const held = async (server: Server): Promise<number> =>
  (await (await fetch(`${server.url}/api/products/1`)).json()).held
