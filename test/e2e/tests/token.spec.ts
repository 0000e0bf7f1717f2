import { card, expect, test } from '../fixtures'

test.use({ flags: ['--admin-token', 'open-sesame-open-sesame'] })

test('the admin token is asked for, and the press that met the question goes on', async ({ page }) => {
  await page.goto('/')
  await page.getByRole('button', { name: 'Put on sale' }).click()
  const dialog = page.getByRole('dialog', { name: 'admin token' })
  await dialog.getByLabel('Admin token').fill('wrong')
  await dialog.getByRole('button', { name: 'Sign in' }).click()
  await expect(dialog.getByLabel('Admin token')).toHaveAttribute('aria-invalid', 'true')

  await dialog.getByLabel('Admin token').fill('open-sesame-open-sesame')
  await dialog.getByRole('button', { name: 'Sign in' }).click()
  await expect(dialog).toBeHidden()
  await expect(card(page, 'Product 1')).toBeVisible()

  await page.goto('/order/1')
  await expect(page.getByText('0 orders')).toBeVisible()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.reload()
  await page.getByRole('button', { name: 'Not now' }).click()
  await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible()
})
