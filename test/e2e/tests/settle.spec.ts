import type { Page } from '@playwright/test'
import { buyAs, cancel, expect, test } from '../fixtures'

test('pay within the window', async ({ page, server }) => {
  await server.put('1', { quantity: 5, payment_window: '15m' })
  await page.goto('/buy/1')
  await buyAs(page, 'ann')
  await expect(page.getByRole('timer')).toHaveText(/1[0-5]:\d\d/)
  await page.getByRole('button', { name: 'Pay' }).click()
  await expect(page.getByRole('heading', { name: 'Paid' })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Paid' })).toBeVisible()
})

test('what it costs is shown, and the shop takes the money', async ({ page, server }) => {
  await server.put('1', { quantity: 5, payment_window: '15m', price: { amount: 1999, currency: 'EUR' }, url: 'https://shop.example/pay?lang=en' })
  await page.goto('/buy/1')
  await expect(page.getByText('€19.99')).toBeVisible()
  await buyAs(page, 'ann')
  const link = page.getByRole('link', { name: 'Pay at the shop' })
  await expect(link).toBeVisible()
  await expect(link).toHaveAttribute('href', `https://shop.example/pay?lang=en&order=${await server.orderOf('ann')}&product=1`)
  await expect(link).toHaveAttribute('rel', 'noopener noreferrer')
  await expect(page.getByRole('button', { name: 'Pretend to pay' })).toBeVisible() // there are no operators
  await page.reload()
  await expect(page.getByText('€19.99')).toBeVisible()
})

test('cancel, and buy again', async ({ page, server }) => {
  await server.put('1', { quantity: 5, payment_window: '15m' })
  await page.goto('/buy/1')
  await buyAs(page, 'ann')
  await cancel(page)
  await expect(page.getByRole('heading', { name: 'Cancelled' })).toBeVisible()
  await page.getByRole('button', { name: 'Back to the sale' }).click()
  await page.getByRole('button', { name: 'Buy one' }).click()
  await expect(page.getByRole('heading', { name: 'It’s yours' })).toBeVisible()
})

test('an order that is not paid in time says so by itself', async ({ page, server }) => {
  await server.put('1', { quantity: 5, payment_window: '10s' })
  await page.goto('/buy/1')
  await buyAs(page, 'ann')
  await expect(page.getByRole('heading', { name: /^(It’s yours|Expired)$/ })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Expired' })).toBeVisible()
})

test('an order settled elsewhere is settled here', async ({ page, server }) => {
  await server.put('1', { quantity: 5, payment_window: '15m' })
  await page.goto('/buy/1')
  await buyAs(page, 'ann')
  await expect(page.getByRole('heading', { name: 'It’s yours' })).toBeVisible()
  const [order] = (await (await fetch(`${server.url}/api/products/1/orders`)).json()).orders
  const cancel = async () => (await fetch(`${server.url}/api/orders/${order.order_id}/cancel`, { method: 'POST' })).status
  await expect.poll(cancel).toBe(200)
  await expect(page.getByRole('heading', { name: 'Cancelled' })).toBeVisible()
})

const placed = async (url: string) => (await (await fetch(`${url}/api/products/1`)).json()).placed as number

test('cancel asks once, and who keeps the order has it', async ({ page, server }) => {
  await server.put('1', { quantity: 5, payment_window: '15m' })
  await page.goto('/buy/1')
  await buyAs(page, 'ann')
  await page.getByRole('button', { name: 'Cancel', exact: true }).click()
  const question = page.getByRole('dialog', { name: 'Cancel order 1?' })
  await expect(question.getByRole('button', { name: 'Keep it' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(question).toBeHidden()
  await page.getByRole('button', { name: 'Cancel', exact: true }).click()
  await page.keyboard.press('Escape')
  await expect(question).toBeHidden()
  await expect(page.getByRole('heading', { name: 'It’s yours' })).toBeVisible()
  expect(await placed(server.url)).toBe(1)
})

const others = (page: Page, title: string) => page.getByRole('region', { name: title }).getByRole('listitem')

test('who buys another keeps the first, to pay or cancel, across a reload', async ({ page, server }) => {
  await server.put('1', { quantity: 5, limit_per_user: 3, payment_window: '15m' })
  await page.goto('/buy/1')
  for (const _ of [1, 2]) {
    await buyAs(page, 'ann')
    await page.getByRole('button', { name: 'Buy another' }).click()
  }
  const own = others(page, 'Orders of ann')
  await expect(own).toHaveText([/^To pay.*Number 2/, /^To pay.*Number 1/])
  await page.reload()
  await expect(own).toHaveCount(2)

  await own.last().getByRole('button', { name: 'Pay' }).click()
  await expect(own.last()).toHaveText(/^Paid/)
  await buyAs(page, 'ann')
  await expect(page.getByRole('heading', { name: 'It’s yours' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Buy another' })).toBeHidden() // three are the limit
  const rest = others(page, 'Your other orders')
  await expect(rest).toHaveText([/^To pay.*Number 2/, /^Paid.*Number 1/])
  await cancel(rest.first())
  await expect(rest.first()).toHaveText(/^Cancelled/)
  await expect(page.getByRole('button', { name: 'Buy another' })).toBeVisible()
  const product = await (await fetch(`${server.url}/api/products/1`)).json()
  expect(product).toMatchObject({ placed: 1, paid: 1, cancelled: 1 })
})

test('each order ends by itself where it is not paid, also beside another', async ({ page, server }) => {
  await server.put('1', { quantity: 5, limit_per_user: 2, payment_window: '20s' })
  await page.goto('/buy/1')
  await buyAs(page, 'ann')
  // So it is called on a machine on which it has ended before the press.
  await page.getByRole('button', { name: /^(Buy another|Back to the sale)$/ }).click()
  await expect(others(page, 'Orders of ann')).toHaveText(/^Expired/)
})

test('two pages of one browser show the orders of both', async ({ page, server, context }) => {
  await server.put('1', { quantity: 5, limit_per_user: 2, payment_window: '15m' })
  await page.goto('/buy/1')
  await buyAs(page, 'ann')
  await page.getByRole('button', { name: 'Buy another' }).click()
  const second = await context.newPage()
  await second.goto('/buy/1')
  await buyAs(second, 'ann')
  await expect(second.getByRole('heading', { name: 'It’s yours' })).toBeVisible()
  await expect(others(second, 'Your other orders')).toHaveCount(1)
  await expect(others(page, 'Orders of ann')).toHaveCount(2)
})

test('an order that the server names is among the others from then on', async ({ page, server }) => {
  await server.put('1', { quantity: 5, payment_window: '15m' })
  await fetch(`${server.url}/api/products/1/orders`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ user_id: 'ann' }),
  })
  await page.goto('/buy/1')
  await buyAs(page, 'ann')
  await expect(page.getByRole('heading', { name: 'Already yours' })).toBeVisible()
  await server.put('1', { quantity: 5, limit_per_user: 2, payment_window: '15m' })
  await page.reload()
  await page.getByRole('button', { name: 'Buy another' }).click()
  await expect(others(page, 'Orders of ann')).toHaveText(/^To pay.*Number 1/)
})

test('a sale that is started over takes all orders from the page', async ({ page, server }) => {
  await server.put('1', { quantity: 5, limit_per_user: 2, payment_window: '15m' })
  await page.goto('/buy/1')
  await buyAs(page, 'ann')
  await page.getByRole('button', { name: 'Buy another' }).click()
  await expect(others(page, 'Orders of ann')).toHaveCount(1)
  await server.step('1', 'close')
  await server.remove('/api/products/1')
  await server.put('1', { quantity: 5 })
  await expect(others(page, 'Orders of ann')).toHaveCount(0)
})
