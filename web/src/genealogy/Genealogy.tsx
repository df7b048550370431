import { Alert, Button, SegmentedControl } from '@mantine/core'
import { IconDownload, IconInfoCircle, IconSchema, IconTable } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { address } from '../api/http'
import { useT } from '../i18n/i18n'
import { Rows } from '../list/ListFrame'
import { ErrorAlert } from '../message/ErrorAlert'
import classes from './genealogy.module.css'
import { GenealogyGraph } from './GenealogyGraph'
import { GenealogyTable } from './GenealogyTable'
import { genealogyPath, genealogyQuery, type Direction } from './graph'

/** Above this the table is shown first; the graph stays one click away. */
const tableFrom = 400

/** Where a lot came from and where it went, both ways, as a graph and as a table. */
export function Genealogy({ lot }: { lot: string }) {
  const t = useT()
  const [direction, setDirection] = useState<Direction>('both')
  const [asTable, setAsTable] = useState<boolean>()
  const query = useQuery({ ...genealogyQuery(lot, direction), placeholderData: keepPreviousData })
  const count = query.data?.nodes?.length ?? 0
  const table = asTable ?? count > tableFrom
  return (
    <section aria-labelledby="genealogy">
      <header className={classes.head}>
        <h2 id="genealogy">{t('genealogy.title')}</h2>
        <p>{t('genealogy.subtitle')}</p>
        <div className={classes.tools}>
          <SegmentedControl
            aria-label={t('genealogy.direction')}
            value={direction}
            onChange={(value) => setDirection(value as Direction)}
            data={(['up', 'both', 'down'] as const).map((value) => ({ value, label: t(`genealogy.${value}`) }))}
          />
          <Button
            leftSection={
              table ? <IconSchema className="icon" aria-hidden /> : <IconTable className="icon" aria-hidden />
            }
            onClick={() => setAsTable(!table)}
          >
            {table ? t('genealogy.as_graph') : t('genealogy.as_table')}
          </Button>
          <Button
            component="a"
            href={address(genealogyPath(lot), { direction, format: 'csv' })}
            download
            leftSection={<IconDownload className="icon" aria-hidden />}
          >
            {t('list.csv')}
          </Button>
        </div>
      </header>
      {query.isPending && <Rows count={6} />}
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.truncated && (
        <Alert icon={<IconInfoCircle className="icon" />} mb="sm">
          {t('genealogy.truncated', { n: count })}
        </Alert>
      )}
      {query.data && (table ? <GenealogyTable graph={query.data} /> : <GenealogyGraph graph={query.data} />)}
    </section>
  )
}
