// A station: the next lot is started, a wrong part refused, the right part taken.
import { must, ready, scan, t, tooSmall } from './harness.mjs'

const screen = { viewport: { width: 1280, height: 800 } }

/** Who works here: a colleague comes to help by the badge, is seen at the station and in the clock, and goes again. */
async function helper(walk, page, lot) {
  await page
    .getByRole('navigation', { name: t('terminal.steps') })
    .getByRole('button', { name: t('terminal.next') })
    .click()
  const here = page.getByRole('region', { name: t('labour.here') })
  await here.getByText('op-121').or(here.getByRole('listitem')).first().waitFor()
  const before = await here.getByRole('listitem').count()
  await here.getByLabel(t('labour.badge'), { exact: true }).fill('B-NOBODY')
  page.refusals = /\/labour\/clock-on$/
  await here.getByRole('button', { name: t('labour.clock_on'), exact: true }).click()
  await here.getByRole('alert').first().waitFor()
  await here.getByLabel(t('labour.badge'), { exact: true }).fill('B-109')
  await here.getByRole('button', { name: t('labour.clock_on'), exact: true }).click()
  await here.getByRole('listitem').nth(before).waitFor()
  const running = async () => (await walk.api(page, '/labour/running?station=ST10')).items.filter((e) => e.lot === lot)
  must(
    (await running()).some((e) => e.account === 'op-109'),
    `the clock runs for ${JSON.stringify(await running())}`,
  )
  const small = await tooSmall(page, '[role="dialog"]')
  must(small.length === 0, `too small for gloves: ${small.join('; ')}`)
  const found = await walk.axe(page)
  must(found.length === 0, `who works here: axe finds ${JSON.stringify(found)}`)
  await walk.shot(page, 'terminal-who-works-here')
  await page.emulateMedia({ colorScheme: 'dark' })
  await walk.shot(page, 'terminal-who-works-here-dark')
  await page.emulateMedia({ colorScheme: 'light' })
  await here.getByLabel(t('labour.badge'), { exact: true }).fill('B-109')
  await here.getByRole('button', { name: t('labour.clock_off'), exact: true }).click()
  await here.getByRole('listitem').nth(before).waitFor({ state: 'detached' })
  must(!(await running()).some((e) => e.account === 'op-109'), 'the clock runs on after the clock-off')
}

async function kit(walk) {
  const page = await walk.pageOf('op-121', { ...screen, terminal: 'ST10' })
  page.signedIn = true
  await page.goto('/stations')
  await ready(page)
  await walk.shot(page, 'stations')
  await page.goto('/stations/ST10')
  await page.getByRole('button', { name: /^Start / }).click()
  await page.getByRole('button', { name: t('terminal.main.wait_scan', { material: 'HSG' }) }).waitFor()
  const lot = (await page.locator('h1').innerText()).replaceAll(/\s/g, '')
  await walk.shot(page, 'terminal-started')

  await scan(page, 'WRONG-4711')
  const place = page.getByRole('status').filter({ hasText: t('terminal.scan.not_taken') })
  await place.filter({ hasText: 'WRONG-4711' }).waitFor()
  must((await walk.api(page, `/lots/${lot}`)).step === '10-1', 'the wrong code moved the lot')
  await walk.shot(page, 'terminal-refused')

  const stock = await walk.api(page, '/material-lots?material=HSG&state=available&limit=1')
  must(stock.items?.length === 1, 'no housing is available')
  await scan(page, stock.items[0].lot)
  const steps = page.getByRole('list', { name: t('terminal.steps') }).getByRole('listitem')
  await steps.nth(0).and(page.locator('[data-state="done"]')).waitFor()
  await steps.nth(1).and(page.locator('[data-state="now"]')).waitFor()
  await page.getByRole('button', { name: t('terminal.main.wait_scan', { material: 'CB' }) }).waitFor()
  const built = await walk.api(page, `/lots/${lot}/as-built`)
  const used = built.operations[0].steps.flatMap((s) => s.components ?? []).map((c) => c.lot)
  must(used.length === 1 && used[0] === stock.items[0].lot, `the record has ${used}, scanned was ${stock.items[0].lot}`)
  await walk.shot(page, 'terminal-done')
  await helper(walk, page, lot)
  await page.context().close()
}

export const terminal = (walk) => walk.part('Terminal', () => kit(walk))
