import { Spotlight, spotlight, type SpotlightActionData } from '@mantine/spotlight'
import { IconBinaryTree2, IconListDetails } from '@tabler/icons-react'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { answer as answerOf, api } from '../api/http'
import { useT } from '../i18n/i18n'
import { useScan } from '../scan/ScanProvider'
import { useMe } from '../session/session'
import { IconScan } from '../status/icons'
import { railFor } from './rail'
import { useScanAnswer } from './useScanAnswer'

export const openSearch = () => spotlight.open()

/** Scan or search: one field for orders, lots and screens. A scan opens what it names, wherever one is. */
export function Search() {
  const t = useT()
  const me = useMe()
  const navigate = useNavigate()
  const [query, setQuery] = useState('')
  const [q] = useDebouncedValue(query.trim(), 150)
  const answer = useScanAnswer()
  useScan((code) => {
    spotlight.close()
    void answer(code)
    return true
  })
  const orders = useQuery({
    queryKey: ['orders', 'search', q],
    queryFn: () => answerOf(api.GET('/api/v1/work-orders', { params: { query: { q, limit: 5 } } })),
    enabled: q.length > 1,
  })
  const lots = useQuery({
    queryKey: ['lots', 'search', q],
    queryFn: () => answerOf(api.GET('/api/v1/lots', { params: { query: { q, limit: 5 } } })),
    enabled: q.length > 1,
  })
  const needle = query.trim().toLowerCase()
  const pages: SpotlightActionData[] = railFor(me)
    .flatMap((group) => group.items)
    .filter((item) => t(item.label).toLowerCase().includes(needle))
    .map((item) => ({
      id: item.to,
      label: t(item.label),
      leftSection: <item.icon className="icon" />,
      onClick: () => (item.external ? window.open(item.to, '_blank') : void navigate({ to: item.to })),
    }))
  const found: SpotlightActionData[] = [
    ...(orders.data?.items ?? []).map((order) => ({
      id: `order/${order.number}`,
      label: order.number,
      description: `${order.product}, ${t(`status.order.${order.state}`)}`,
      leftSection: <IconListDetails className="icon" />,
      onClick: () => void navigate({ to: '/orders', search: { sel: order.number } }),
    })),
    ...(lots.data?.items ?? []).map((lot) => ({
      id: `lot/${lot.lot}`,
      label: lot.lot,
      description: lot.material,
      leftSection: <IconBinaryTree2 className="icon" />,
      onClick: () => void navigate({ to: '/lots/$lot', params: { lot: lot.lot } }),
    })),
  ]
  return (
    <Spotlight
      actions={[...found, ...pages]}
      query={query}
      onQueryChange={setQuery}
      filter={(_, actions) => actions}
      shortcut={null}
      transitionProps={{ duration: 0 }}
      nothingFound={q.length > 1 ? t('app.search.nothing', { q }) : t('app.search.hint')}
      highlightQuery
      searchProps={{
        leftSection: <IconScan className="icon" />,
        placeholder: t('app.search.placeholder'),
        'aria-label': t('app.search.placeholder'),
      }}
    />
  )
}
