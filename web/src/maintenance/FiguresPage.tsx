import { Anchor, Breadcrumbs, SegmentedControl, Table } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useLanguage, useT } from '../i18n/i18n'
import { ListBody, ListFrame } from '../list/ListFrame'
import { CsvButton, ShareButton } from '../list/ListTools'
import { EmptyState } from '../message/EmptyState'
import { duration } from '../time/duration'
import { useNow } from '../time/now'
import { formatDecimal } from '../value/decimal'
import { figureFilter, figuresQuery, windows, type Figures, type Ratio } from './maintenance'
import classes from './maintenance.module.css'

const route = getRouteApi('/shell/maintenance/figures')

/** MTBF, MTTR, availability, corrective share and schedule compliance, each with what it was divided from and by. */
export function FiguresPage() {
  const t = useT()
  const days = route.useSearch().days ?? 30
  const navigate = useNavigate()
  const query = useQuery(figuresQuery(days))
  return (
    <ListFrame
      title={t('maintenance.figures.title')}
      actions={
        <>
          <ShareButton />
          <CsvButton path="/maintenance/figures" query={figureFilter(days, useNow())} />
        </>
      }
      tools={
        <>
          <Breadcrumbs separator="/" component="nav" aria-label={t('maintenance.title')} className={classes.crumb}>
            <Anchor renderRoot={(props) => <Link to="/maintenance" {...props} />}>{t('maintenance.title')}</Anchor>
            <span>{t('maintenance.figures.title')}</span>
          </Breadcrumbs>
          <SegmentedControl
            aria-label={t('maintenance.figures.window')}
            data={windows.map((n) => ({ value: String(n), label: t('maintenance.figures.days', { n }) }))}
            value={String(days)}
            onChange={(value) =>
              void navigate({ to: '/maintenance/figures', search: { days: Number(value) }, replace: true })
            }
          />
        </>
      }
    >
      <p className="label">{t('maintenance.figures.text')}</p>
      <ListBody query={query} empty={<EmptyState title={t('maintenance.figures.none')}>{''}</EmptyState>}>
        {(page) => (
          <Table.ScrollContainer minWidth={900} type="native">
            <Table aria-label={t('maintenance.figures.title')} className={classes.points}>
              <Table.Thead>
                <Table.Tr>
                  {(['machine', 'mtbf', 'mttr', 'availability', 'corrective', 'compliance'] as const).map((name) => (
                    <Table.Th scope="col" key={name}>
                      {t(`maintenance.figures.${name}`)}
                    </Table.Th>
                  ))}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {page.items.map((row) => (
                  <FigureRow key={row.station || 'all'} row={row} />
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </ListBody>
    </ListFrame>
  )
}

function FigureRow({ row }: { row: Figures }) {
  const t = useT()
  return (
    <Table.Tr>
      <Table.Th scope="row">
        {row.station ? <span className="id">{row.station}</span> : t('maintenance.figures.all')}
        <small>{t(row.logged ? 'maintenance.figures.logged' : 'maintenance.figures.unlogged')}</small>
      </Table.Th>
      <Mean ratio={row.mtbf} />
      <Mean ratio={row.mttr} />
      <Share ratio={row.availability} time />
      <Share ratio={row.corrective} time />
      <Share ratio={row.compliance} />
    </Table.Tr>
  )
}

/** A mean time, with the time and the number that it was made of. */
function Mean({ ratio }: { ratio: Ratio }) {
  const t = useT()
  return (
    <Table.Td>
      {ratio.value === undefined ? t('maintenance.figures.undefined') : duration(t, Number(ratio.value) * 1000)}
      <small>
        {t('maintenance.figures.divided', { from: duration(t, ratio.numerator * 1000), by: ratio.denominator })}
      </small>
    </Table.Td>
  )
}

/** A share in per cent, with its fraction. */
function Share({ ratio, time }: { ratio: Ratio; time?: boolean }) {
  const t = useT()
  const language = useLanguage()
  const part = (n: number) => (time ? duration(t, n * 1000) : String(n))
  const percent = ratio.value === undefined ? undefined : (Number(ratio.value) * 100).toFixed(1)
  return (
    <Table.Td>
      {percent === undefined ? t('maintenance.figures.undefined') : `${formatDecimal(percent, language)} %`}
      <small>{t('maintenance.figures.of', { n: part(ratio.numerator), total: part(ratio.denominator) })}</small>
    </Table.Td>
  )
}
