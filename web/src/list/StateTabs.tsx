import { Tabs } from '@mantine/core'
import { useQueries } from '@tanstack/react-query'
import { countOf } from '../api/http'
import { useLanguage } from '../i18n/i18n'
import { formatDecimal } from '../value/decimal'
import classes from './list.module.css'

export interface StateTab {
  /** Value of the address's state; empty is the first tab. */
  value: string
  label: string
  /** The filter that the server is asked with. */
  filter: Record<string, string | undefined>
  /** Where a tab shows another list than the others. */
  path?: string
}

interface Props {
  /** First part of the query keys, so that changes refresh the counts too. */
  noun: string
  path: string
  tabs: StateTab[]
  value: string
  onChange: (value: string) => void
  label: string
}

/** Tabs of a list with how many there are behind each. */
export function StateTabs({ noun, path, tabs, value, onChange, label }: Props) {
  const language = useLanguage()
  const counts = useQueries({
    queries: tabs.map((tab) => ({
      queryKey: [noun, 'count', tab.path ?? path, tab.filter],
      queryFn: () => countOf(tab.path ?? path, tab.filter),
    })),
  })
  return (
    <Tabs value={value} onChange={(next) => onChange(next ?? '')} classNames={{ list: classes.tabs, tab: classes.tab }}>
      <Tabs.List aria-label={label}>
        {tabs.map((tab, i) => (
          <Tabs.Tab key={tab.value} value={tab.value}>
            {tab.label}{' '}
            <span>{counts[i]?.data === undefined ? '' : formatDecimal(String(counts[i].data), language)}</span>
          </Tabs.Tab>
        ))}
      </Tabs.List>
    </Tabs>
  )
}
