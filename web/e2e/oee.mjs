// How well a machine was used, from the figure down to the event behind a loss, and the calendar that says when it was planned
// to work.
import { must, ready, t } from './harness.mjs'

/** Long enough for the walk's first unit, which was packed before the browser opened, and over any end of a shift. */
const since = () => new Date(Date.now() - 3 * 3_600_000).toISOString()

async function open(walk, user, path, options) {
  const page = await walk.pageOf(user, options)
  page.signedIn = true
  await page.goto(path)
  await ready(page)
  return page
}

const drawn = (page) => page.locator('[role=img][data-ready]').nth(1).waitFor()

/** The figures on the screen are the API's, with their fractions; the clock sums up; a loss leads to its events. */
async function figures(walk) {
  const page = await open(walk, 'sv-05', `/oee?equipment=ST50&from=${since()}`)
  await drawn(page)
  await walk.shot(page, 'oee')
  const search = new URL(page.url()).searchParams
  const report = await walk.api(page, `/oee?equipment=ST50&from=${encodeURIComponent(search.get('from'))}`)
  must(Number(report.counts.made) >= 1, `ST50 has made ${report.counts.made} units; one at least was packed`)
  const sum = report.times.reduce((all, time) => all + Number(time.seconds), 0)
  const clock = (new Date(report.until) - new Date(report.from)) / 1000
  must(Math.abs(sum - clock) < 0.001, `the categories sum to ${sum} s, the clock says ${clock}`)
  must(report.stations.length >= 7, `the line has ${report.stations.length} stations with a log`)
  await page.getByText(t('oee.clock.title'), { exact: true }).waitFor()
  must(
    (await page
      .getByRole('region', { name: t('oee.formula') })
      .getByRole('heading')
      .count()) === 4,
    'OEE or a factor is missing',
  )

  const losses = page.getByRole('region', { name: new RegExp(t('oee.losses.title')) })
  await losses.getByRole('button').first().click()
  const drawer = page.getByRole('dialog')
  await drawer.waitFor()
  must(new URL(page.url()).searchParams.get('loss') !== null, 'the open loss is not in the address')
  await walk.shot(page, 'oee-events')
  await drawer.getByRole('button', { name: t('oee.events.close') }).click()
  await drawer.waitFor({ state: 'detached' })

  await page
    .getByRole('button', { name: t('chart.as_table'), exact: true })
    .first()
    .click()
  const table = page.getByRole('table').filter({ hasText: t('oee.figure.fall_off') })
  await table.waitFor()
  must((await table.locator('tbody tr').count()) === 16, 'not all key figures are told')
  await walk.shot(page, 'oee-table')
  await page.context().close()

  const dark = await open(walk, 'sv-05', `/oee?equipment=L1&from=${since()}`, { colorScheme: 'dark' })
  await drawn(dark)
  await walk.shot(dark, 'oee-line-dark')
  await dark.context().close()
}

/** A planned stop is entered with its reason and taken back; the audit trail has both. */
async function calendar(walk) {
  const page = await open(walk, 'sv-05', '/calendar?equipment=ST84')
  must(
    (await page
      .getByRole('table', { name: t('calendar.week') })
      .locator('tbody tr')
      .count()) === 7,
    'a week has seven days',
  )
  await page.getByRole('button', { name: t('calendar.new') }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('calendar.column.name'), { exact: true }).fill('Walk of the hose bench')
  await dialog.getByLabel(t('calendar.column.where'), { exact: true }).click()
  await page.getByRole('option', { name: /ST84/ }).click()
  await dialog.getByLabel(t('calendar.column.name'), { exact: true }).click()
  await dialog.getByLabel(t('people.field.reason'), { exact: true }).fill('Agreed with the shift')
  await walk.shot(page, 'calendar-new')
  await dialog.getByRole('button', { name: t('calendar.enter') }).click()
  await dialog.waitFor({ state: 'detached' })
  const row = page.getByRole('row').filter({ hasText: 'Walk of the hose bench' })
  await row.getByRole('cell', { name: 'ST84', exact: true }).waitFor()
  await walk.shot(page, 'calendar')
  await row.getByRole('button').click()
  await dialog.getByLabel(t('people.field.reason'), { exact: true }).fill('It was called off')
  await dialog.getByRole('button', { name: t('calendar.strike'), exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  await row.waitFor({ state: 'detached' })
  await page.context().close()
}

export async function oee(walk) {
  await walk.part('OEE figures', () => figures(walk))
  await walk.part('OEE calendar', () => calendar(walk))
}
