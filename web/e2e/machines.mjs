// What machines do and why they stood: a stop that is reported and explained at the terminal in two touches, the list and the log
// at the desk, a correction, and where the time went.
import { must, ready, t } from './harness.mjs'

const bench = 'ST84' // no other part works there

async function open(walk, user, path, options) {
  const page = await walk.pageOf(user, options)
  page.signedIn = true
  await page.goto(path)
  await ready(page)
  return page
}

const clean = async (walk, page, what) => {
  const found = await walk.axe(page)
  must(found.length === 0, `${what}: axe finds ${JSON.stringify(found)}`)
}

const drawn = (page) => page.locator('[role=img][data-ready]').first().waitFor()

const now = (walk, page) => walk.api(page, `/machines/${bench}`)

/** At the terminal: the stop and its reason in two touches. */
async function stop(walk) {
  const page = await open(walk, 'op-121', `/stations/${bench}`, {
    viewport: { width: 1280, height: 800 },
    terminal: bench,
  })
  await page.keyboard.press('F2')
  const grid = page.getByRole('dialog')
  await grid.getByRole('button').nth(1).waitFor()
  await walk.shot(page, 'machine-stop-groups')
  await clean(walk, page, 'the groups of reasons')
  await grid.getByRole('button', { name: / …$/ }).first().click()
  await grid.getByRole('button', { name: t('terminal.stop.back') }).waitFor()
  await walk.shot(page, 'machine-stop-reasons')
  await grid.getByRole('button').nth(1).click()
  await grid.waitFor({ state: 'detached' })
  const machine = await now(walk, page)
  must(machine.reason && machine.state !== 'running', `${bench} is ${JSON.stringify(machine)}`)
  await page.context().close()
}

/** At the desk: the list, one machine's log, and a correction that says why. */
async function log(walk) {
  const page = await open(walk, 'sv-05', '/machines')
  await page.locator('tbody tr', { hasText: 'ST50' }).waitFor()
  must((await page.locator('tbody tr').count()) === 10, 'not every station of the demo is a machine')
  await clean(walk, page, 'the list of machines')
  await walk.shot(page, 'machines')
  await page.locator('tbody tr', { hasText: bench }).click()
  await page.waitForURL(new RegExp(`sel=${bench}`))
  await drawn(page)
  await clean(walk, page, 'one machine')
  await walk.shot(page, 'machine')
  const before = await now(walk, page)
  await page.locator('aside ul').getByRole('button').first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText(t('machines.stop.act.correct'), { exact: true }).click()
  await dialog.getByLabel(t('machines.stop.note')).fill('Trial of a new tool')
  await dialog.getByLabel(t('machines.stop.why'), { exact: true }).fill('It was agreed with the planner')
  await walk.shot(page, 'machine-correct')
  await clean(walk, page, 'the correction')
  await dialog.getByRole('button', { name: t('machines.stop.do.correct') }).click()
  await dialog.waitFor({ state: 'detached' })
  const after = await now(walk, page)
  must(after.version > before.version, `the correction left version ${after.version}`)
  await page.getByRole('button', { name: t('machines.declare'), exact: true }).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: t('machines.declare_confirm') })
    .click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.context().close()
}

/** Where the time went, as chart and as list, in the dark. */
async function downtime(walk) {
  const page = await open(walk, 'sv-05', `/downtime?station=${bench}&micro=true`, { colorScheme: 'dark' })
  await page.locator('tbody tr', { hasText: bench }).first().waitFor()
  await clean(walk, page, 'downtime')
  await walk.shot(page, 'downtime-dark')
  await page.goto('/downtime')
  await ready(page)
  // What stood for less than its machine's threshold has no bar.
  const bars = (await walk.api(page, '/downtime/pareto')).rows ?? []
  if (bars.length > 0) await drawn(page)
  await walk.shot(page, 'downtime')
  await page.context().close()
}

export async function machines(walk) {
  await walk.part('Machine stop', () => stop(walk))
  await walk.part('Machine log', () => log(walk))
  await walk.part('Downtime', () => downtime(walk))
}
