import { Button, Skeleton, Table, useComputedColorScheme } from '@mantine/core'
import { IconChartLine, IconDownload, IconPhoto, IconTable } from '@tabler/icons-react'
import type { EChartsCoreOption, EChartsType } from 'echarts/core'
import { useCallback, useEffect, useId, useRef, useState, type ReactNode } from 'react'
import { address } from '../api/http'
import { useT } from '../i18n/i18n'
import { ErrorAlert } from '../message/ErrorAlert'
import classes from './chart.module.css'
import { readColours, type Colours } from './colours'
import { save, toCsv, type Cell } from './csv'

export interface ChartTable {
  columns: string[]
  /** Values as they are: the file has them so. */
  rows: Cell[][]
  /** How a value reads on the screen, where that differs. */
  show?: (value: Cell, column: number, row: number) => ReactNode
}

interface Props {
  title: ReactNode
  /** One sentence that says what the picture shows, for those who do not see it. */
  summary: string
  /** The picture. It is drawn anew when the theme changes, so all colours come from the argument. */
  option: (colours: Colours) => EChartsCoreOption
  table: ChartTable
  /** Names the files. */
  file: string
  /** Where the server has the whole as CSV; left out, the table is the file. */
  csv?: { path: string; query?: Record<string, string | number | undefined> }
  height?: number
  actions?: ReactNode
  /** Called with the place of the point that was clicked. */
  onPick?: (index: number) => void
}

/** Every chart: drawn from tokens in light and dark, readable as a table, and to be taken away as CSV and PNG. */
export function Chart({ title, summary, option, table, file, csv, height = 360, actions, onPick }: Props) {
  const t = useT()
  const id = useId()
  const [asTable, setAsTable] = useState(false)
  const canvas = useRef<EChartsType>(undefined)
  const keep = useCallback((chart?: EChartsType) => void (canvas.current = chart), [])
  const png = () => {
    const { raised } = readColours()
    const href = canvas.current?.getDataURL({ type: 'png', pixelRatio: 2, backgroundColor: raised })
    if (href) save(`${file}.png`, href)
  }
  const table2csv = () =>
    save(`${file}.csv`, `data:text/csv;charset=utf-8,${encodeURIComponent(toCsv(table.columns, table.rows))}`)
  return (
    <figure className={classes.figure} aria-labelledby={id}>
      <figcaption className={classes.head}>
        <h2 id={id}>{title}</h2>
        <div className={classes.tools}>
          {actions}
          <Button
            aria-pressed={asTable}
            leftSection={
              asTable ? <IconChartLine className="icon" aria-hidden /> : <IconTable className="icon" aria-hidden />
            }
            onClick={() => setAsTable(!asTable)}
          >
            {asTable ? t('chart.as_chart') : t('chart.as_table')}
          </Button>
          {csv ? (
            <Button
              component="a"
              href={address(csv.path, { ...csv.query, format: 'csv' })}
              download
              leftSection={<IconDownload className="icon" aria-hidden />}
            >
              {t('list.csv')}
            </Button>
          ) : (
            <Button leftSection={<IconDownload className="icon" aria-hidden />} onClick={table2csv}>
              {t('list.csv')}
            </Button>
          )}
          {!asTable && (
            <Button leftSection={<IconPhoto className="icon" aria-hidden />} onClick={png}>
              {t('chart.png')}
            </Button>
          )}
        </div>
      </figcaption>
      {asTable ? (
        <Twin table={table} label={summary} />
      ) : (
        <Picture summary={summary} option={option} height={height} onDrawn={keep} onPick={onPick} />
      )}
    </figure>
  )
}

interface PictureProps {
  summary: string
  option: (colours: Colours) => EChartsCoreOption
  height: number
  /** Told of the drawing when there is one, and when it is gone. */
  onDrawn: (chart?: EChartsType) => void
  onPick?: (index: number) => void
}

function Picture({ summary, option, height, onDrawn, onPick }: PictureProps) {
  const box = useRef<HTMLDivElement>(null)
  const scheme = useComputedColorScheme('light')
  const [chart, setChart] = useState<EChartsType>()
  const [failed, setFailed] = useState<unknown>()

  useEffect(() => {
    let live = true
    let drawn: EChartsType | undefined
    const watch = new ResizeObserver(() => drawn?.resize())
    import('./engine')
      .then(({ init }) => {
        if (!live || !box.current) return
        drawn = init(box.current, undefined, { renderer: 'canvas' })
        watch.observe(box.current)
        setChart(drawn)
        onDrawn(drawn)
      })
      .catch((error: unknown) => live && setFailed(error))
    return () => {
      live = false
      watch.disconnect()
      drawn?.dispose()
      setChart(undefined)
      onDrawn()
    }
  }, [onDrawn])

  useEffect(() => {
    if (!chart || !onPick) return
    const pick = (event: { dataIndex: number }) => onPick(event.dataIndex)
    chart.on('click', pick)
    return () => void (chart.isDisposed() || chart.off('click', pick))
  }, [chart, onPick])

  useEffect(() => {
    if (!chart) return
    // The attribute that switches the tokens is set in the same breath as the scheme; a frame later they are read.
    const frame = requestAnimationFrame(() => {
      const colours = readColours()
      const base = { animation: false, textStyle: { fontFamily: colours.font, color: colours.ink2 } }
      if (!chart.isDisposed()) chart.setOption({ ...base, ...option(colours) }, { notMerge: true })
    })
    return () => cancelAnimationFrame(frame)
  }, [chart, option, scheme])

  if (failed !== undefined) return <ErrorAlert error={failed} />
  return (
    <div
      role="img"
      aria-label={summary}
      className={classes.picture}
      style={{ height }}
      data-ready={!!chart || undefined}
    >
      {!chart && <Skeleton height={height} animate={false} className={classes.waiting} />}
      <div ref={box} className={classes.canvas} />
    </div>
  )
}

function Twin({ table, label }: { table: ChartTable; label: string }) {
  return (
    <Table.ScrollContainer minWidth={0} mah={480} type="native" tabIndex={0} role="group" aria-label={label}>
      <Table className={classes.table} aria-label={label} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            {table.columns.map((name, i) => (
              <Table.Th key={name} scope="col" className={numeric(table, i) ? 'num' : undefined}>
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {table.rows.map((row, i) => (
            <Table.Tr key={i}>
              {row.map((value, j) => (
                <Table.Td key={j} className={numeric(table, j) ? 'num' : undefined}>
                  {table.show ? table.show(value, j, i) : value}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

/** A column of numbers stands to the right, its gaps too. */
const numeric = (table: ChartTable, column: number) => table.rows.some((row) => typeof row[column] === 'number')
