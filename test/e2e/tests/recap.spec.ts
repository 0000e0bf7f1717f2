import type { Page } from '@playwright/test'
import { expect, expectNoFindings, test } from '../fixtures'
import type { Server } from '../server'

/** A sale that is over, with `refused` who came too late, and its answers kept. */
async function soldOut(server: Server, refused = 20) {
  await server.put('1', { quantity: 50, name: 'Anniversary keyboard' })
  await server.rush('1', 50 + refused)
  await kept(server, 50 + refused)
}

async function kept(server: Server, answers: number, headers: HeadersInit = {}) {
  await expect
    .poll(async () => ((await (await fetch(`${server.url}/api/products/1/timeline`, { headers })).json()) as { latency: { count: number } }).latency.count)
    .toBe(answers)
}

const figure = (page: Page, title: string) => page.getByRole('figure').filter({ hasText: title })

test('a sale is drawn from its beginning, although nobody watched and the server was started anew', async ({ page, server }) => {
  await soldOut(server)
  await server.kill()
  await server.up()
  await page.goto('/products/1')
  await expect(page.getByRole('heading', { name: /^Sold out in [\d.]+ m?s$/ })).toBeVisible()
  await expect(figure(page, 'Answers a second')).toContainText('50 placed')
  await expect(figure(page, 'Answers a second')).toContainText('20 sold out')
  await expect(figure(page, 'Orders placed, by when')).toContainText('placed so far50')
})

test('the recap says how it went, and prints without what is to be pressed', async ({ page, server }) => {
  await soldOut(server)
  await page.goto('/products/1')
  await page.getByRole('link', { name: 'Recap, to print or share' }).click()
  await expect(page.getByRole('heading', { level: 1, name: /^Sold out in/ })).toBeVisible()
  await expect(page.getByText('70', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Verify now' }).click()
  await expect(page.getByText('No findings', { exact: true })).toBeVisible()
  await expectNoFindings(page)

  await page.emulateMedia({ media: 'print' })
  await expect(page.getByText('No findings', { exact: true })).toBeVisible()
  await expect(page.getByRole('button')).toHaveCount(0)
  await expect(page.getByRole('navigation')).toHaveCount(0)
  const paper = await page.pdf()
  expect(paper.subarray(0, 5).toString()).toBe('%PDF-')
})

test('the tab says how the sale stands', async ({ page, server }) => {
  await server.put('1', { quantity: 50, name: 'Keyboard' })
  await page.goto('/products/1')
  await expect(page).toHaveTitle('50 left · Keyboard · seckill')
  await server.fill('1', 20)
  await expect(page).toHaveTitle('30 left · Keyboard · seckill')
  await server.step('1', 'pause')
  await expect(page).toHaveTitle('Paused · Keyboard · seckill')
})

test('opening and closing stand there with their date and zone, also while the sale is paused', async ({ page, server }) => {
  const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString()
  await server.put('1', { quantity: 50, opens_at: at(1), closes_at: at(2) })
  for (const path of ['/products/1', '/buy/1']) {
    await page.goto(path)
    await expect(page.getByText(/^Opens \w+, \d+ \w+ \d{4},? \d\d:\d\d:\d\d \S+$/)).toBeVisible()
    await expect(page.getByText(/^Closes \w+, \d+ \w+ \d{4},? \d\d:\d\d:\d\d \S+$/)).toBeVisible()
  }
  await server.step('1', 'pause')
  await page.goto('/products/1')
  await expect(page.getByRole('timer')).toHaveText(/Opens in 5\d:\d\d/)
})

test.describe('with an admin token', () => {
  const token = 'open-sesame-open-sesame'
  test.use({ flags: ['--admin-token', token] })

  test('a link to share shows the recap to who is not signed in, once an operator made it', async ({ page, browser, server }) => {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
    await fetch(`${server.url}/api/products/1`, { method: 'PUT', headers, body: JSON.stringify({ quantity: 5 }) })
    await server.rush('1', 8)
    await kept(server, 8, headers)
    await page.goto('/products/1?recap')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Your name').fill('admin')
    await dialog.getByLabel('Token').fill(token)
    await dialog.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: 'Make a link' }).click()
    const link = await page.getByLabel('Link to share').inputValue()

    const stranger = await (await browser.newContext()).newPage()
    await stranger.goto(link)
    await expect(stranger.getByRole('heading', { level: 1, name: /^Sold out in/ })).toBeVisible()
    await expect(stranger.getByText('No findings: nothing was oversold, and no order was lost.')).toBeVisible()
    await expect(stranger.getByRole('link')).toHaveCount(0)
    await expectNoFindings(stranger)
    await stranger.goto(`${link}x`)
    await expect(stranger.getByRole('heading', { name: 'This link does not work' })).toBeVisible()
    await expect(stranger.getByRole('dialog')).toHaveCount(0)
    await stranger.context().close()
  })
})
