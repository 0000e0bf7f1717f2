import { expect, test } from '../fixtures'

test.describe('a Chinese browser', () => {
  test.use({ locale: 'zh-CN' })
  test('has Chinese pages, and English ones once it asks for them', async ({ page, server }) => {
    await server.put('1', { quantity: 5 })
    await page.goto('/')
    await expect(page.getByRole('heading', { name: '开售一个商品' })).toBeVisible()
    await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN')
    await page.goto('/buy/1')
    await expect(page.getByRole('button', { name: '立即抢购' })).toBeVisible()
    await page.getByRole('button', { name: 'English' }).click()
    await expect(page.getByRole('button', { name: 'Buy one' })).toBeVisible()
    await expect(page.locator('html')).toHaveAttribute('lang', 'en')
    await page.goto('/')
    await expect(page.getByRole('heading', { name: 'Put a product on sale' })).toBeVisible()
  })
})

test('a switch loses nothing that was typed', async ({ page }) => {
  await page.goto('/')
  await page.getByLabel('Quantity').fill('123')
  await page.getByRole('button', { name: '中文' }).click()
  await expect(page.getByLabel('数量')).toHaveValue('123')
  await page.reload()
  await expect(page.getByRole('heading', { name: '开售一个商品' })).toBeVisible()
})
