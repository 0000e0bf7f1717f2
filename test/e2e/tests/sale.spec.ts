import { counter, expect, test } from '../fixtures'

test('one sale live: counts and newest orders move without a reload', async ({ page, server }) => {
  await server.put('1', { quantity: 100 })
  await page.goto('/products/1')
  await expect(page.getByText('No orders yet.')).toBeVisible()
  await server.fill('1', 40, 'first')
  await expect(counter(page, 'remaining')).toHaveText('60')
  await expect(page.getByRole('listitem').first()).toContainText('first-')
  await expect(page.getByRole('listitem').first()).toContainText('40')
  await server.fill('1', 60, 'second')
  await expect(page.getByText('Sold out')).toBeVisible()
  await expect(page.getByRole('listitem').first()).toContainText('second-')
})

test('the countdown runs to the opening, and the sale opens by itself', async ({ page, server }) => {
  await server.put('1', { quantity: 10, opens_at: new Date(Date.now() + 4000).toISOString() })
  await page.goto('/products/1')
  await expect(page.getByText('Not open yet')).toBeVisible()
  await expect(page.getByRole('timer')).toHaveText(/Opens in 0:0\d/)
  await expect(page.getByText('On sale')).toBeVisible()
})

test('the countdown goes by the server, not by a visitor whose clock is an hour off', async ({ page, server }) => {
  await page.clock.install({ time: Date.now() + 3_600_000 })
  await server.put('1', { quantity: 10, opens_at: new Date(Date.now() + 120_000).toISOString() })
  await page.goto('/products/1')
  await expect(page.getByRole('timer')).toHaveText(/Opens in [12]:\d\d/)
})

test('an unknown product is said to be unknown, and shown once it is there', async ({ page, server }) => {
  await page.goto('/products/later')
  await expect(page.getByRole('heading', { name: 'There is no product later' })).toBeVisible()
  await server.put('later', { quantity: 7 })
  await expect(counter(page, 'remaining')).toHaveText('7')
})

test('starting over leaves no order from before on the page', async ({ page, server }) => {
  await server.put('1', { quantity: 10 })
  await server.fill('1', 10)
  await page.goto('/products/1')
  await expect(page.getByRole('listitem')).toHaveCount(10)
  await page.getByRole('button', { name: 'Start over' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Start over' }).click()
  await expect(counter(page, 'remaining')).toHaveText('10')
  await expect(page.getByText('No orders yet.')).toBeVisible()
})
