import { Skeleton } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import { useEffect, useState, type ReactNode } from 'react'
import { ErrorAlert } from '../message/ErrorAlert'
import classes from './list.module.css'
import type { Page } from './page'

interface FrameProps {
  title: string
  actions?: ReactNode
  tabs?: ReactNode
  tools?: ReactNode
  children: ReactNode
}

/** Head, tabs, filters and table in the order that all lists have. */
export function ListFrame({ title, actions, tabs, tools, children }: FrameProps) {
  return (
    <section className={classes.frame} aria-labelledby="list-title">
      <div className={classes.titleRow}>
        <h1 id="list-title">{title}</h1>
        {actions}
      </div>
      {tabs}
      {tools && <div className={classes.tools}>{tools}</div>}
      {children}
    </section>
  )
}

interface BodyProps<T> {
  query: UseQueryResult<Page<T>>
  empty: ReactNode
  children: (page: Page<T> & { items: T[] }) => ReactNode
}

/** Error in its place, layout kept while loading, and a word when there is nothing. */
export function ListBody<T>({ query, empty, children }: BodyProps<T>) {
  const items = query.data?.items ?? []
  if (query.data)
    return (
      <>
        {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
        {items.length === 0 ? empty : children({ ...query.data, items })}
      </>
    )
  if (query.isError) return <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />
  return <Rows />
}

/** Grey rows, but only when the answer takes longer than a blink. */
export function Rows({ count = 8 }: { count?: number }) {
  const late = useLate(300)
  return (
    <div className={classes.rows} aria-busy="true">
      {late && Array.from({ length: count }, (_, i) => <Skeleton key={i} height={34} animate={false} />)}
    </div>
  )
}

function useLate(ms: number) {
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), ms)
    return () => clearTimeout(timer)
  }, [ms])
  return late
}
