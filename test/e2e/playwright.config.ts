import { defineConfig } from '@playwright/test'

// Without the flags about the network a Chromium on a machine without one waits for hosts of its maker.
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export default defineConfig({
  testDir: 'tests',
  outputDir: 'results',
  // No tests: what takes the pictures of the documents, and what measures.
  testIgnore: process.env.NO_TEST ? [] : ['**/pictures.spec.ts', '**/first-open.spec.ts'],
  // Each test has its own server and browser. Two cores carry two that work beside one that waits.
  workers: 3,
  fullyParallel: true,
  // For what hangs. A machine that others keep busy, too, may take minutes for a test of seconds.
  timeout: 600_000,
  expect: { timeout: 120_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: 'list',
  use: {
    viewport: { width: 1440, height: 900 },
    launchOptions: { executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', args: flags },
  },
})
