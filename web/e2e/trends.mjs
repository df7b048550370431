// Values over time: tags are picked by name, the window is moved, the values are read as a table and taken away as files.
import { must, ready, t } from './harness.mjs'

async function open(walk, user, path) {
  const page = await walk.pageOf(user)
  page.signedIn = true
  await page.goto(path)
  await ready(page)
  return page
}

const drawn = (page) => page.locator('figure [role=img][data-ready]').waitFor()

/** The machines of the packed unit were recorded while it was made: at least one of them is there by its name. */
async function pick(walk) {
  const page = await open(walk, 'sv-05', '/trends')
  await page.getByText(t('telemetry.empty.title'), { exact: true }).waitFor()
  await walk.shot(page, 'trends-empty')
  const field = page
    .getByRole('combobox', { name: t('telemetry.tags') })
    .or(page.getByLabel(t('telemetry.tags'), { exact: true }))
  await field.first().fill('line_pressure')
  await page.getByRole('option', { name: 'DP-30 line_pressure (bar)' }).click()
  await field.first().fill('torque')
  await page.getByRole('option', { name: 'TC-20 torque (Nm)' }).click()
  await page.keyboard.press('Escape')
  await page.getByText(t('telemetry.last.10m'), { exact: true }).click()
  await page.waitForURL(/window=10m/)
  await drawn(page)
  await walk.shot(page, 'trends')
  await page.emulateMedia({ colorScheme: 'dark' })
  await drawn(page)
  await walk.shot(page, 'trends-dark')
  await page.emulateMedia({ colorScheme: 'light' })
  const found = await walk.axe(page)
  must(found.length === 0, `axe finds ${JSON.stringify(found)}`)
  return page
}

async function trend(walk) {
  const page = await pick(walk)
  await page.getByRole('button', { name: t('chart.as_table') }).click()
  const rows = page.getByRole('table').locator('tbody tr')
  await rows.first().waitFor()
  must((await page.getByRole('table').textContent()).includes('DP-30 line_pressure'), 'the table lacks the tag')
  const parquet = await page.getByRole('link', { name: t('telemetry.export.parquet') }).getAttribute('href')
  const file = await page.request.get(walk.input.url + parquet)
  must(file.ok() && (await file.body()).subarray(0, 4).toString() === 'PAR1', 'the file is no Parquet')
  const csv = await page.getByRole('link', { name: t('telemetry.export.csv') }).getAttribute('href')
  const text = await (await page.request.get(walk.input.url + csv)).text()
  must(text.includes('line_pressure,bar'), `the CSV lacks the values: ${text.slice(0, 200)}`)
  await page.getByRole('button', { name: t('telemetry.closer'), exact: true }).click()
  await page.waitForURL(/from=.*until=/)
  await page.getByRole('button', { name: t('telemetry.go_live') }).click()
  await page.waitForURL((url) => !url.search.includes('until='))
  await page.getByText(t('telemetry.live'), { exact: true }).waitFor()
  await page.context().close()
}

/** From a device to its tags. */
async function fromDevice(walk) {
  const page = await open(walk, 'sv-05', '/health')
  await page.getByRole('link', { name: t('telemetry.of_device', { device: 'TC-20' }) }).click()
  await page.waitForURL(/device=TC-20/)
  await drawn(page)
  await walk.shot(page, 'trends-device')
  await page.context().close()
}

export async function trends(walk) {
  await walk.part('Trends', () => trend(walk))
  await walk.part('TrendsOfDevice', () => fromDevice(walk))
}
