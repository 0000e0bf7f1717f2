import path from 'node:path'
import type { Browser } from '@playwright/test'
import { buyAs, expect, test } from '../fixtures'

// The pictures of the documents, taken by `make pictures`.
const docs = (name: string) => path.join(import.meta.dirname, '../../../docs', name)

test('the demo sale at its end', async ({ page, server }) => {
  const id = await server.rehearse({})
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.goto(`/products/${id}`)
  await expect(page.getByRole('heading', { name: '100 placed, 0 oversold, no findings' })).toBeVisible()
  await expect(page.locator('canvas')).toHaveCount(await page.getByRole('slider').count())
  await page.screenshot({ path: docs('rehearsal.png'), fullPage: true })
})

test('the buyer’s page, three times', async ({ page, browser, server }) => {
  await server.put('1', { name: 'Anniversary keyboard', quantity: 100, payment_window: '15m' })
  await server.fill('1', 63)
  const shots = [
    await phone(browser, server.url, 'en', 'light', 'On sale'),
    await phone(browser, server.url, 'en', 'light', 'It’s yours', 'ann'),
    await phone(browser, server.url, 'zh', 'dark', '抢到了', 'bob'),
  ]
  await page.setViewportSize({ width: 1246, height: 662 })
  await page.setContent(
    `<body style="margin:0;display:flex;gap:20px;padding:0">${shots.map((png) => `<img style="width:400px;height:660px;border:1px solid #b8b8b4;border-radius:8px" src="data:image/png;base64,${png}">`).join('')}`,
  )
  await expect.poll(() => page.evaluate(() => [...document.images].every((image) => image.complete))).toBe(true)
  await page.screenshot({ path: docs('buyer.png'), omitBackground: true })
})

async function phone(browser: Browser, url: string, language: string, colorScheme: 'light' | 'dark', sees: string, user?: string) {
  const context = await browser.newContext({ baseURL: url, viewport: { width: 400, height: 660 }, colorScheme, deviceScaleFactor: 2 })
  const page = await context.newPage()
  await page.addInitScript(() => localStorage.setItem('seckill.language', 'en'))
  await page.goto('/buy/1')
  if (user) await buyAs(page, user)
  if (language === 'zh') await page.getByRole('button', { name: '中文' }).click()
  await expect(page.getByText(new RegExp(sees)).first()).toBeVisible()
  if (user) await expect(page.getByRole('button', { name: /^(Pretend to pay|模拟付款)$/ })).toBeVisible()
  const png = (await page.screenshot()).toString('base64')
  await context.close()
  return png
}
