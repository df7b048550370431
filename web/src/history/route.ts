import { createLazyRoute } from '@tanstack/react-router'
import { HistoryPage } from './HistoryPage'

export const history = createLazyRoute('/shell/orders/$number/history')({ component: HistoryPage })
