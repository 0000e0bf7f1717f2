import { readFile } from 'node:fs/promises'
import { counter, expect, test } from '../fixtures'

const orders = 3000

test.beforeEach(async ({ server }) => {
  await server.put('1', { quantity: orders + 10, payment_window: '1h' })
  await server.rush('1', orders)
})

test('a long list scrolls, jumps to its end, and turns round', async ({ page }) => {
  await page.goto('/order/1')
  const row = (n: number) => page.getByRole('row').filter({ has: page.getByRole('cell', { name: n.toLocaleString('en'), exact: true }) })
  await expect(page.getByText('3,000 orders')).toBeVisible()
  await expect(row(1)).toContainText('placed')
  expect(await page.getByRole('row').count()).toBeLessThan(80)

  await page.getByRole('button', { name: 'To the end' }).click()
  await expect(row(orders)).toContainText('placed')
  await page.getByRole('region', { name: 'Orders' }).evaluate((list) => list.scrollTo({ top: 1500 * 40 }))
  await expect(row(1505)).toContainText('placed')

  await page.getByRole('button', { name: 'Newest first' }).click()
  await expect(page.getByRole('row').nth(1)).toContainText('3,000')
  await expect(row(orders)).toContainText('placed')
})

test('the list is live, in its counts and in its rows', async ({ page, server }) => {
  await page.goto('/order/1')
  await page.getByRole('button', { name: 'To the end' }).click()
  await server.fill('1', 10, 'late')
  await expect(page.getByText('3,010 orders')).toBeVisible()
  await expect(counter(page, 'held')).toHaveText('3,010')
  await page.getByRole('button', { name: 'To the end' }).click()
  await expect(page.getByRole('row').last()).toContainText('late-')
})

test('the filter shows the orders of one status', async ({ page, server }) => {
  const first = await (await fetch(`${server.url}/api/products/1/orders?limit=3`)).json()
  for (const order of first.orders) await fetch(`${server.url}/api/orders/${order.order_id}/cancel`, { method: 'POST' })
  await page.goto('/order/1')
  await page.getByLabel('Status').selectOption('cancelled')
  await expect(page.getByText('3 cancelled', { exact: true })).toBeVisible()
  await expect(page.getByRole('row')).toHaveCount(4)
  await page.getByLabel('Status').selectOption('placed')
  await expect(page.getByText('1,000 placed, more as you scroll')).toBeVisible()
  await page.getByRole('button', { name: 'To the end' }).click()
  await expect(page.getByText('2,000 placed, more as you scroll')).toBeVisible()
})

test('the CSV has every order', async ({ page }) => {
  await page.goto('/order/1')
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download CSV' }).click()
  const file = await download
  expect(file.suggestedFilename()).toBe('orders-1.csv')
  const lines = (await readFile(await file.path(), 'utf8')).trim().split('\r\n')
  expect(lines[0]).toBe('number,order_id,product_id,user_id,status,placed_at,pay_by,ended_at,amount,currency,payment_id')
  expect(lines).toHaveLength(orders + 1)
})
