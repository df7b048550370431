// The line board: drawn as it is meant to be, honest when nothing is heard, and as small after weeks as at the start.
import { must, t } from './harness.mjs'

const wide = { viewport: { width: 1920, height: 1080 } }
const path = '**/api/v1/board/L1'
const minute = 60_000

/** A Tuesday morning with one machine down, as a server would tell of it. */
function morning(now, change = {}) {
  const at = (ms) => new Date(ms).toISOString()
  const hour = (n) => Date.parse('2026-11-24T05:00:00Z') + n * 60 * minute
  const state = (id, name, state, wip, since, cycle) => ({
    id,
    name,
    state,
    wip,
    ...(since === undefined ? {} : { since: at(now - since * minute) }),
    ...(cycle === undefined ? {} : { cycle_s: cycle }),
  })
  const plan = [15, 15, 15, 11, 15, 15, 11, 15]
  const packed = [14, 15, 13, 11, 12, 2, 0, 0]
  return {
    site: 'HAM',
    line: 'L1',
    name: 'Line 1',
    time_zone: 'Europe/Berlin',
    at: at(now),
    product: 'INV-200',
    shift: { name: 'Early', from: at(hour(0)), until: at(hour(8)) },
    packed: 67,
    plan: 81,
    takt_s: 293,
    takt_planned_s: 240,
    first_pass: 63,
    finished: 67,
    held: 9,
    held_at: 'rack HR-3',
    calls: [
      {
        id: 'CALL-0007',
        station: 'ST50',
        kind: 'maintenance',
        kind_name: 'Maintenance',
        severity: 'high',
        state: 'acknowledged',
        open_at: at(now - 372_000),
        acknowledged_by: 'mt-03',
        acknowledged_at: at(now - 240_000),
        next_role: 'supervisor',
        next_min: 10,
      },
    ],
    stations: [
      state('ST10', 'Kit', 'running', 1, 30, 216),
      state('ST20', 'Board', 'running', 1, 30, 232),
      state('ST30', 'Paste', 'running', 1, 30, 238),
      state('ST40', 'Close', 'blocked', 3, 4.5),
      state('ST50', 'Leak', 'unplanned_down', 1, 6.2),
      state('ST60', 'Test', 'starved', 0, 3.5),
      state('ST70', 'Pack', 'running', 1, 30, 221),
    ],
    hours: plan.map((n, i) => ({
      from: at(hour(i)),
      until: at(hour(i + 1)),
      packed: packed[i],
      plan: n,
      ...(i < 5 ? { plan_now: n } : i === 5 ? { plan_now: 10 } : {}),
    })),
    lost: [
      { kind: 'hold', subject: 'H-0031', pieces: 6 },
      { kind: 'down', subject: 'ST50', pieces: 3 },
      { kind: 'review', subject: 'ST40', pieces: 3 },
      { kind: 'short_stops', pieces: 2 },
    ],
    safe_days: 212,
    ...change,
  }
}

const noon = Date.parse('2026-11-24T10:42:00Z')

/** A board whose server is this script: what it answers, or nothing at all. */
async function drawn(walk, search, answer) {
  const page = await walk.pageOf(undefined, wide)
  page.signedIn = true
  page.refusals = /\/api\/v1\/board\//
  await page.clock.install({ time: noon })
  await page.route(`${path}/events`, (route) => route.abort())
  await page.route(path, async (route) => {
    const body = answer()
    return body ? route.fulfill({ json: body }) : route.abort()
  })
  await page.goto(`/board/L1${search}`)
  return page
}

/** Words that are cut off or run out of their column. */
const cut = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('main dd, main dt, main h2, article div, main li span, main section > span')]
      .filter((e) => e.scrollWidth > e.clientWidth + 1)
      .map((e) => `${e.textContent} ${e.scrollWidth} > ${e.clientWidth}`),
  )

async function pictures(walk) {
  for (const [theme, lang] of [
    ['light', 'en'],
    ['dark', 'en'],
    ['light', 'de'],
  ]) {
    const page = await drawn(walk, `?theme=${theme}&lang=${lang}`, () => morning(noon))
    await page.getByText(t('board.not_live', {}, lang)).waitFor({ state: 'detached' })
    await page.getByText(t('board.coming', { who: 'MT-03', time: '11:38' }, lang), { exact: true }).waitFor()
    await walk.shot(page, `board-${theme}-${lang}`)
    const words = await cut(page)
    must(words.length === 0, `words do not fit (${lang}): ${words.join('; ')}`)
    const found = await walk.axe(page)
    must(found.length === 0, `axe (${theme}): ${JSON.stringify(found)}`)
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('main *')]
        .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()))
        .filter((e) => Number.parseFloat(getComputedStyle(e).fontSize) < 32)
        .map((e) => e.textContent),
    )
    must(small.length === 0, `smaller than 32 px: ${small.join('; ')}`)
    await page.context().close()
  }
}

async function honest(walk) {
  let there = true
  let packed = 67
  let now = noon
  const page = await drawn(walk, '?theme=light&lang=en', () => (there ? morning(now, { packed }) : undefined))
  await page.getByText('67', { exact: true }).waitFor()
  there = false
  for (let s = 0; s < 15; s++) await page.clock.runFor(1000)
  await page.getByText(t('board.not_live_since', { time: '11:42 CET' }), { exact: true }).waitFor()
  must((await page.locator('main[data-stale]').count()) === 1, 'old figures are shown as if they were true')
  await walk.shot(page, 'board-not-live')
  there = true
  packed = 68
  now = noon + 20_000
  for (let tries = 0; tries < 20 && (await page.getByText('68', { exact: true }).count()) === 0; tries++)
    await page.clock.runFor(1000)
  await page.getByText('68', { exact: true }).waitFor()
  must((await page.locator('main[data-stale]').count()) === 0, 'it stays old after it has heard again')
  await page.context().close()
}

/** So many updates are more than an hour of a board; what one update leaves behind would show. */
const updates = 1500
const mayGrow = 3_000_000

async function weeks(walk) {
  let n = 0
  const page = await drawn(walk, '?theme=dark&lang=en', () => {
    n++
    return morning(noon + n * 4000, { packed: n, calls: n % 3 === 0 ? [] : morning(noon + n * 4000).calls })
  })
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Performance.enable')
  const measure = async () => {
    for (let i = 0; i < 3; i++) await cdp.send('HeapProfiler.collectGarbage')
    const { usedSize } = await cdp.send('Runtime.getHeapUsage')
    const { metrics } = await cdp.send('Performance.getMetrics')
    const of = (name) => metrics.find((m) => m.name === name).value
    return { heap: usedSize, nodes: of('Nodes'), listeners: of('JSEventListeners') }
  }
  const until = async (count) => {
    while (n < count) {
      const before = n
      await page.clock.runFor(4000)
      if (n === before) await page.waitForTimeout(2)
    }
  }
  await until(200)
  const first = await measure()
  await until(200 + updates)
  const last = await measure()
  walk.note(
    'Board, memory',
    `${updates} updates: heap ${first.heap} -> ${last.heap}, nodes ${first.nodes} -> ${last.nodes}`,
  )
  must(last.heap - first.heap < mayGrow, `the heap grew by ${last.heap - first.heap} bytes over ${updates} updates`)
  must(last.nodes - first.nodes < 500, `there are ${last.nodes} nodes after ${first.nodes}`)
  must(last.listeners - first.listeners < 50, `there are ${last.listeners} listeners after ${first.listeners}`)
  await page.context().close()
}

export async function board(walk) {
  await walk.part('Board, as drawn', () => pictures(walk))
  await walk.part('Board, honest', () => honest(walk))
  await walk.part('Board, for weeks', () => weeks(walk))
}
