// Control charts, from points without limits over phase I to an alarm that somebody acknowledges. It reads the same input as
// screens.mjs; /test/record brings one record of five values, shifted when it is asked to be.
import { readFileSync } from 'node:fs'
import { must, ready, t, Walk } from './harness.mjs'

const input = JSON.parse(readFileSync(0, 'utf8'))
const walk = new Walk(input)
let page

const clean = async (what) => {
  const found = await walk.axe(page)
  must(found.length === 0, `${what}: axe finds ${JSON.stringify(found)}`)
}

/** Light, dark, and both without a finding. */
async function both(name) {
  await page.emulateMedia({ colorScheme: 'light' })
  await drawn()
  await walk.shot(page, name)
  await clean(`${name}, light`)
  await page.emulateMedia({ colorScheme: 'dark' })
  await drawn()
  await walk.shot(page, `${name}-dark`)
  await clean(`${name}, dark`)
  await page.emulateMedia({ colorScheme: 'light' })
}

/** Every picture on the page has been drawn, in the colours of the theme. */
const drawn = async () => {
  await page.waitForFunction(() =>
    [...document.querySelectorAll('figure [role=img]')].every((box) => box.dataset.ready),
  )
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))))
}

async function open(path) {
  await page.goto(path)
  await ready(page)
}

const record = async (shifted) => {
  const answer = await page.request.post(`${input.url}/test/record${shifted ? '?shifted=yes' : ''}`)
  must(answer.ok(), `the record was not taken: ${answer.status()} ${await answer.text()}`)
}

const picture = () => page.getByRole('img', { name: /^Control chart of/ })

async function list() {
  page = await walk.signIn('quinn')
  await open('/spc')
  const rows = page.locator('tbody tr')
  await rows.nth(2).waitFor()
  const said = await walk.api(page, '/spc/charts')
  must(
    said.total === 3 && (await rows.count()) === 3,
    `the API has ${said.total} charts, the screen ${await rows.count()}`,
  )
  must(
    (await page.getByText(t('status.chart.no_limits'), { exact: true }).count()) > 0,
    'no chart says that it has no limits',
  )
  await both('spc-list')
  await rows.filter({ hasText: 'Torque' }).focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/spc\/torque$/)
}

async function withoutLimits() {
  await open('/spc/torque')
  await picture().waitFor()
  await page.getByText(t('spc.no_limits.title'), { exact: true }).waitFor()
  await both('spc-chart-no-limits')
  await page
    .getByRole('button', { name: t('chart.as_table') })
    .first()
    .click()
  const rows = page.getByRole('table', { name: /^Control chart of/ }).locator('tbody tr')
  must((await rows.count()) === 30, `the table has ${await rows.count()} points`)
  await walk.shot(page, 'spc-table')
  await clean('the table')
  const csv = await page.request.get(`${input.url}/api/v1/spc/charts/torque/points?format=csv`)
  must((await csv.text()).trim().split('\n').length === 31, 'the CSV does not have all points')
  await page
    .getByRole('button', { name: t('chart.as_chart') })
    .first()
    .click()
  await picture().waitFor()
  const file = page.waitForEvent('download')
  await drawn()
  await page
    .getByRole('button', { name: t('chart.png'), exact: true })
    .first()
    .click()
  must((await file).suggestedFilename() === 'spc-torque.png', 'there is no picture to take away')
}

async function withoutPoints() {
  await open('/spc/diameter')
  await page.getByRole('heading', { name: t('spc.no_points.title') }).waitFor()
  await both('spc-empty')
  await open('/spc/alarms')
  await page.getByRole('heading', { name: t('spc.no_alarms.title') }).waitFor()
  await walk.shot(page, 'spc-alarms-empty')
  await clean('no alarms')
}

async function phaseOne() {
  await open('/spc/torque')
  await page.getByRole('link', { name: t('spc.study') }).click()
  await picture().waitFor()
  await page.getByLabel(t('spc.leave_out'), { exact: true }).fill('12')
  await page.keyboard.press('Enter')
  const cause = page.getByLabel(t('spc.excluded_cause', { n: 12 }))
  await cause.waitFor()
  await page.getByLabel(t('orders.reason'), { exact: true }).fill('The first calm week')
  const freeze = page.getByRole('button', { name: t('spc.freeze'), exact: true })
  must(await freeze.isDisabled(), 'limits can be frozen although a point was left out without a cause')
  await cause.fill('Worn bit, replaced')
  await page.getByText(t('spc.trial_numbers_other', { count: 29 }).slice(0, 9)).waitFor()
  await both('spc-study')
  await freeze.click()
  await page.waitForURL(/\/spc\/torque$/)
  const versions = page.getByRole('table', { name: t('spc.versions') }).locator('tbody')
  await versions.getByText(t('status.limits.proposed'), { exact: true }).waitFor()
  must((await walk.api(page, '/spc/charts/torque')).limits === 0, 'a proposal is in force')
  await page.getByRole('button', { name: t('spc.approve'), exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('orders.reason'), { exact: true }).fill('Agreed with production')
  await walk.shot(page, 'spc-approve')
  await clean('the approval')
  await dialog.getByRole('button', { name: t('spc.approve'), exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  await versions.getByText(t('status.limits.in_force'), { exact: true }).waitFor()
}

/** A point that comes is on the screen within a second: the quickest of three, since a busy machine is slow, not wrong. */
async function live() {
  await open('/spc/torque')
  await picture().waitFor()
  const took = []
  for (let n = 31; n <= 33; n++) {
    const asked = Date.now()
    await record(false)
    await page.getByRole('img', { name: `Control chart of ${n} points` }).waitFor()
    took.push(Date.now() - asked)
  }
  walk.note('a new point, in ms', took.join(', '))
  must(Math.min(...took) < 1000, `a new point showed after ${took.join(', ')} ms`)
}

async function alarm() {
  for (let n = 0; n < 3; n++) await record(true)
  const first = page.getByRole('button', { name: t('spc.acknowledge'), exact: true }).first()
  await first.waitFor()
  await page.getByRole('img', { name: 'Control chart of 36 points' }).waitFor()
  const said = await walk.api(page, '/spc/alarms?open=true')
  const one = said.items.find((a) => a.rule === 'WE1')
  must(one && one.points.join() === '34,35,36' && one.limits === 1, `the alarms are ${JSON.stringify(said.items)}`)
  await page.getByText(t('spc.outside'), { exact: true }).waitFor()
  await both('spc-alarm')
  await page.screenshot({ path: `${input.artifacts}/spc-alarm-full.png`, fullPage: true })
  await open('/alerts?state=open')
  await page
    .locator('tr', { hasText: t('alerts.kind.chart_alarm') })
    .first()
    .waitFor()
}

async function acknowledge() {
  await open('/spc/alarms')
  const rows = page.locator('tbody tr')
  await rows.first().waitFor()
  await both('spc-alarms')
  for (let left = await rows.count(); left > 0; left--) {
    await rows.first().focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel(t('spc.cause'), { exact: true }).fill('Torque offset was wrong; set back')
    if (left === 1) {
      await walk.shot(page, 'spc-acknowledge')
      await clean('the dialogue')
    }
    await dialog.getByRole('button', { name: t('spc.acknowledge'), exact: true }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.waitForFunction((n) => document.querySelectorAll('tbody tr').length === n, left - 1)
  }
  await page.getByRole('heading', { name: t('spc.no_alarms.title') }).waitFor()
  await open('/spc/alarms?state=all')
  await page.getByText(t('status.alarm.acknowledged'), { exact: true }).first().waitFor()
  must((await walk.api(page, '/alerts?open=true&kind=chart_alarm')).total === 0, 'what was acknowledged still alerts')
}

async function another() {
  await page.evaluate(() => localStorage.clear())
  await open('/spc')
  await page.getByRole('button', { name: t('spc.new'), exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('spc.field.id'), { exact: true }).fill('torque-single')
  await dialog.getByLabel(t('spc.field.name'), { exact: true }).fill('Torque, single values')
  const choose = async (label, option) => {
    await dialog
      .getByRole('combobox', { name: label })
      .or(dialog.getByLabel(label, { exact: true }))
      .first()
      .click()
    await page.getByRole('option', { name: option }).first().click()
  }
  await choose(t('spc.column.kind'), t('spc.kind.i_mr'))
  await choose(t('spc.field.product'), 'UNIT')
  await choose(t('spc.field.characteristic'), /Torque/)
  await walk.shot(page, 'spc-new')
  await clean('the form')
  await dialog.getByRole('button', { name: t('spc.new_confirm'), exact: true }).click()
  await page.waitForURL(/\/spc\/torque-single$/)
  const said = await walk.api(page, '/spc/charts/torque-single')
  must(said.kind === 'i_mr' && said.characteristic === 'T1' && said.size === 1, `the chart is ${JSON.stringify(said)}`)
}

await walk.open()
try {
  for (const [name, run] of Object.entries({
    list,
    withoutLimits,
    withoutPoints,
    phaseOne,
    live,
    alarm,
    acknowledge,
    another,
  }))
    await walk.part(name, run)
} finally {
  await walk.close()
}
