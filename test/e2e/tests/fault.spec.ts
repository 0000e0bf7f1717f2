import type { Page } from '@playwright/test'
import { buyAs, expect, newSale, test } from '../fixtures'

/** From now on the page is told that the server's names another script, as after an update. */
async function update(page: Page, path: string) {
  await page.route(`**${path}`, async (route) => {
    if (route.request().resourceType() !== 'fetch') return route.continue()
    const answer = await route.fetch()
    await route.fulfill({ response: answer, body: (await answer.text()).replace(/\/assets\/(index|buy)-/, '/assets/newer-$1-') })
  })
}

const lookedAt = (page: Page) => page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))

test('a page of an older version loads the newer one by itself, once, and the order is still there', async ({ page, server }) => {
  await server.put('1', { quantity: 5 })
  await page.goto('/buy/1')
  await buyAs(page, 'ann')
  await expect(page.getByRole('heading', { name: 'It’s yours' })).toBeVisible()
  await update(page, '/buy/1')
  const loaded = page.waitForEvent('load')
  const told = page.evaluate((words) => new Promise<void>((seen) => {
    new MutationObserver(() => document.body.innerText.includes(words) && seen()).observe(document.body, { childList: true, subtree: true, characterData: true })
  }), 'There is a newer version of this page. Loading it.')
  await lookedAt(page)
  await told
  await loaded
  await expect(page.getByRole('heading', { name: 'It’s yours' })).toBeVisible()
  // It is still told of the newer one: what loading it did not bring is not loaded for ever.
  await lookedAt(page)
  await expect(page.getByRole('button', { name: 'Load it' })).toBeVisible()
})

test('a newer version waits while something is typed', async ({ page }) => {
  await page.goto('/')
  await newSale(page)
  await page.getByLabel('Quantity').fill('77')
  await update(page, '/')
  await lookedAt(page)
  await expect(page.getByRole('button', { name: 'Load it' })).toBeVisible()
  await expect(page.getByLabel('Quantity')).toHaveValue('77')
})

test('a clock that is an hour off is said to be', async ({ page, server }) => {
  await server.put('1', { quantity: 5 })
  await page.clock.install({ time: Date.now() - 3_600_000 })
  for (const path of ['/', '/products/1', '/buy/1']) {
    await page.goto(path)
    await expect(page.getByText(/This device’s clock is 1:0\d:\d\d behind\./)).toBeVisible()
  }
})

test('a sale that is deleted while it is watched says so, and so does its buyer’s page', async ({ page, server, context }) => {
  await server.put('1', { quantity: 5 })
  await page.goto('/products/1')
  const buyer = await context.newPage()
  await buyer.goto('/buy/1')
  await expect(buyer.getByRole('button', { name: 'Buy one' })).toBeVisible()
  await server.step('1', 'close')
  await server.remove('/api/products/1')
  await expect(page.getByRole('heading', { name: 'There is no product 1' })).toBeVisible()
  await expect(buyer.getByRole('heading', { name: 'There is no product 1' })).toBeVisible()
  await server.put('1', { quantity: 7 })
  await expect(page.getByText('of 7 remaining')).toBeVisible()
  await expect(buyer.getByText('of 7 left')).toBeVisible()
})
