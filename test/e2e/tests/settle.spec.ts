import { buyAs, expect, test } from '../fixtures'

test('pay within the window', async ({ page, server }) => {
  await server.put('1', { quantity: 5, payment_window: '15m' })
  await page.goto('/buy/1')
  await buyAs(page, 'ann')
  await expect(page.getByRole('timer')).toHaveText(/1[45]:\d\d/)
  await page.getByRole('button', { name: 'Pay' }).click()
  await expect(page.getByRole('heading', { name: 'Paid' })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Paid' })).toBeVisible()
})

test('cancel, and buy again', async ({ page, server }) => {
  await server.put('1', { quantity: 5, payment_window: '15m' })
  await page.goto('/buy/1')
  await buyAs(page, 'ann')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByRole('heading', { name: 'Cancelled' })).toBeVisible()
  await page.getByRole('button', { name: 'Back to the sale' }).click()
  await page.getByRole('button', { name: 'Buy one' }).click()
  await expect(page.getByRole('heading', { name: 'It’s yours' })).toBeVisible()
})

test('an order that is not paid in time says so by itself', async ({ page, server }) => {
  await server.put('1', { quantity: 5, payment_window: '10s' })
  await page.goto('/buy/1')
  await buyAs(page, 'ann')
  await expect(page.getByRole('heading', { name: 'It’s yours' })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Expired' })).toBeVisible({ timeout: 20_000 })
})

test('an order settled elsewhere is settled here', async ({ page, server }) => {
  await server.put('1', { quantity: 5, payment_window: '15m' })
  await page.goto('/buy/1')
  await buyAs(page, 'ann')
  await expect(page.getByRole('heading', { name: 'It’s yours' })).toBeVisible()
  const [order] = (await (await fetch(`${server.url}/api/products/1/orders`)).json()).orders
  await fetch(`${server.url}/api/orders/${order.order_id}/cancel`, { method: 'POST' })
  await expect(page.getByRole('heading', { name: 'Cancelled' })).toBeVisible()
})
