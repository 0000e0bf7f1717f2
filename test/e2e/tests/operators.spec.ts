import type { Page } from '@playwright/test'
import { card, expect, expectNoFindings, newSale, test } from '../fixtures'

const admin = 'open-sesame-open-sesame'
test.use({ flags: ['--admin-token', admin] })

async function signIn(page: Page, name: string, token: string) {
  await page.getByLabel('Your name').fill(name)
  await page.getByLabel('Token', { exact: true }).fill(token)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

test('the admin makes a token, who has it sees what its role may, and revoked it ends', async ({ page, browser, server }) => {
  await page.goto('/?settings')
  await signIn(page, 'admin', admin)
  await expect(page.getByText('None yet')).toBeVisible()
  await page.getByLabel('For whom').fill('ann')
  await page.getByRole('button', { name: 'Create the token' }).click()
  const token = await page.locator('code').innerText()
  await expect(page.getByText('It is shown only once')).toBeVisible()
  await expect(page.getByRole('region', { name: 'Tokens' }).getByRole('listitem')).toHaveText(/^annoperate\w{3}, \d{1,2} \w+ \d{4}, \d\d:\d\d/)
  await expectNoFindings(page)

  const ann = await (await browser.newContext({ baseURL: server.url })).newPage()
  await ann.goto('/')
  await signIn(ann, 'ann', token)
  await newSale(ann)
  await ann.getByRole('button', { name: 'Put on sale' }).click()
  await expect(card(ann, 'Product 1')).toBeVisible()
  await expect(ann.getByText('ann, operate', { exact: true })).toBeVisible()
  await expect(ann.getByRole('link', { name: 'Settings' })).toBeHidden()
  await ann.goto('/products/1')
  await ann.getByRole('button', { name: 'Pause' }).click()
  await expect(ann.getByText('paused: yes')).toBeVisible()
  await expectNoFindings(ann)

  await page.getByLabel('For whom').fill('vic')
  await page.getByRole('radio', { name: 'view' }).check()
  await page.getByRole('button', { name: 'Create the token' }).click()
  await expect(page.getByText('This is the token of vic')).toBeVisible()
  const vic = await (await browser.newContext({ baseURL: server.url })).newPage()
  await vic.goto('/products/1')
  await signIn(vic, 'vic', await page.locator('code').innerText())
  await expect(vic.getByText('paused: yes')).toBeVisible()
  await expect(vic.getByRole('button', { name: 'Resume' })).toBeHidden()

  await page.getByRole('button', { name: 'Revoke the token of ann' }).click()
  await page.getByRole('button', { name: 'Revoke', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Revoke the token of ann' })).toBeHidden()
  // Her page may have found out by itself: then the dialog is before the button.
  await ann.getByRole('button', { name: 'Resume', includeHidden: true }).dispatchEvent('click')
  await expect(ann.getByRole('dialog', { name: 'Your session has ended' })).toBeVisible()
  await signIn(ann, 'ann', token)
  await expect(ann.getByText('Wrong token')).toBeVisible()
})

test('without TLS there is no button that cannot copy, and a click marks the whole token', async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, 'isSecureContext', { value: false })
    Object.defineProperty(navigator, 'clipboard', { value: undefined })
  })
  await page.goto('/?settings')
  await signIn(page, 'admin', admin)
  await expect(page.getByText('None yet')).toBeVisible() // before, the dialog lies over the form
  await page.getByLabel('For whom').fill('ann')
  await page.getByRole('button', { name: 'Create the token' }).click()
  const token = page.locator('code')
  await token.click()
  expect(await page.evaluate(() => getSelection()?.toString())).toBe(await token.innerText())
  await expect(page.getByRole('button', { name: 'Copy' })).toBeHidden()
})
